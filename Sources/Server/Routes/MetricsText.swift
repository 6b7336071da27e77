import WorkerLink

/// What `/metrics` says of one tap.
struct TapNumbers {
    var metrics: TapMetrics
    var detections: DetectionTotals?
}

extension TapNumbers {
    init(_ feed: TapFeed) {
        self.init(metrics: feed.metrics, detections: feed.detectionTotals)
    }
}

/// Numbers in Prometheus' text format.
struct MetricsText {
    private(set) var rendered = ""

    init(instances: [InstanceSnapshot], taps: [String: [String: TapNumbers]], connections: Int, watchers: Int = 0) {
        family("connections", "gauge", "Open connections.", [([], Double(connections))])
        family(
            "watchers", "gauge", "Sockets and answers that the server's state is pushed to.", [([], Double(watchers))])
        instanceFamilies(instances.sorted { $0.id < $1.id })
        sourceFamilies(instances.sorted { $0.id < $1.id })
        let rows = taps.sorted { $0.key < $1.key }.flatMap { instance in
            instance.value.sorted { $0.key < $1.key }.map { tap in
                (labels: [("instance", instance.key), ("tap", tap.key)], numbers: tap.value)
            }
        }
        func tapFamily(_ name: String, _ type: String, _ help: String, _ value: (TapMetrics) -> Double?) {
            family(name, type, help, rows.compactMap { row in value(row.numbers.metrics).map { (row.labels, $0) } })
        }
        tapFamily("tap_frames_total", "counter", "Frames that reached the tap.") { Double($0.frameCount) }
        tapFamily("tap_encoded_frames_total", "counter", "Pictures encoded.") { Double($0.encoded) }
        tapFamily("tap_dropped_frames_total", "counter", "Due encodes lost to busy encoders.") { Double($0.dropped) }
        tapFamily("tap_skipped_frames_total", "counter", "Pictures not sent to slow viewers.") { Double($0.skipped) }
        tapFamily("tap_viewers", "gauge", "Viewers just now.") { Double($0.viewers) }
        tapFamily("tap_frames_per_second", "gauge", "Rate of frames just now.") { $0.fps }
        tapFamily("tap_last_frame_age_seconds", "gauge", "Age of the newest frame.") {
            $0.lastFrameAgeMs.map { Double($0) / 1000 }
        }
        tapFamily("tap_uptime_seconds", "gauge", "Since the instance was created.") { $0.uptimeSeconds }
        detectionFamilies(rows.compactMap { row in row.numbers.detections.map { (row.labels, $0) } })
    }

    private mutating func detectionFamilies(_ rows: [(labels: [(String, String)], counts: DetectionTotals)]) {
        family(
            "tap_detecting_frames_total", "counter", "Frames that had passed a detecting stage.",
            rows.map { ($0.labels, Double($0.counts.frames)) })
        family(
            "tap_frames_with_detections_total", "counter", "Frames in which something was found.",
            rows.map { ($0.labels, Double($0.counts.framesWithDetections)) })
        family(
            "tap_detections_total", "counter", "What was found, by kind and label.",
            rows.flatMap { row in
                row.counts.labels.map {
                    (row.labels + [("kind", $0.kind), ("label", $0.label)], Double($0.detections))
                }
            })
    }

    private mutating func sourceFamilies(_ instances: [InstanceSnapshot]) {
        func family(_ name: String, _ type: String, _ help: String, _ value: (InstanceSnapshot.Source) -> Double?) {
            self.family(
                name, type, help,
                instances.flatMap { instance in
                    instance.sources.compactMap { source in
                        value(source).map { ([("instance", instance.id), ("source", source.name)], $0) }
                    }
                })
        }
        family("source_running", "gauge", "1 while a source gives frames.") { $0.state == .running ? 1 : 0 }
        family("source_restarts_total", "counter", "How often the current worker has built a source anew by itself.") {
            Double($0.restarts)
        }
        family("source_last_frame_age_seconds", "gauge", "Age of the newest frame.") {
            $0.lastFrameAgeMs.map { Double($0) / 1000 }
        }
        family(
            "source_decode_errors_total", "counter",
            "Pictures of the current worker that a decoder did not get, or gave out damaged."
        ) { Double($0.decodeErrors) }
        family(
            "source_dropped_frames_total", "counter",
            "Pictures of the current worker that came too fast, or that no frame could be made of."
        ) { Double($0.dropped) }
    }

    private mutating func instanceFamilies(_ instances: [InstanceSnapshot]) {
        family(
            "instance_state", "gauge", "1 for the state that the instance is in.",
            instances.flatMap { instance in
                InstanceState.allCases.map { state in
                    ([("instance", instance.id), ("state", state.rawValue)], instance.state == state ? 1 : 0)
                }
            })
        family(
            "instance_restarts_total", "counter", "Workers started after the first.",
            instances.map { ([("instance", $0.id)], Double($0.restarts)) })
        family(
            "instance_frames_per_second", "gauge", "Rate of frames just now.",
            instances.map { ([("instance", $0.id)], $0.fps) })
        family(
            "stage_failed_frames_total", "counter", "Frames that a stage of the current worker could not work on.",
            instances.flatMap { instance in
                instance.stages.map { ([("instance", instance.id), ("stage", $0.name)], Double($0.failed)) }
            })
        family(
            "stage_dropped_frames_total", "counter",
            "Live frames of the current worker whose place a newer took while the stage was busy.",
            instances.flatMap { instance in
                instance.stages.map { ([("instance", instance.id), ("stage", $0.name)], Double($0.dropped)) }
            })
        family(
            "branch_dropped_frames_total", "counter",
            "Frames of the current worker that a branch did not take in time.",
            instances.flatMap { instance in
                instance.branches.map { ([("instance", instance.id), ("branch", $0.name)], Double($0.dropped)) }
            })
        family(
            "stage_p99_seconds", "gauge", "Time that a stage takes for a frame, 99th percentile.",
            instances.flatMap { instance in
                instance.stages.map {
                    ([("instance", instance.id), ("stage", $0.name)], ($0.p99Us / 1e6).rounded(decimals: 7))
                }
            })
    }

    private mutating func family(
        _ name: String, _ type: String, _ help: String, _ rows: [(labels: [(String, String)], value: Double)]
    ) {
        rendered += "# HELP streamtap_\(name) \(help)\n# TYPE streamtap_\(name) \(type)\n"
        for row in rows {
            let labels = row.labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",")
            rendered += "streamtap_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(row.value))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? (value.isFinite ? String(value) : "NaN")
    }

    private static func escape(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n": ["\\", "n"]
                default: [character]
                }
            })
    }
}
