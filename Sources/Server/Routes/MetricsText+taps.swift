import WorkerLink

/// What `/metrics` says of one tap.
struct TapNumbers {
    var metrics: TapMetrics
    var detections: DetectionTotals?
    var variants: [(label: String, totals: VariantTotals)]
    var viewers: [(kind: ViewerKind, totals: ViewerTotals)]

    init(_ feed: TapFeed) {
        metrics = feed.metrics
        detections = feed.detectionTotals
        variants = feed.variantNumbers.rows
        viewers = feed.viewerNumbers.all
    }
}

extension MetricsText {
    private typealias Row = (labels: Labels, numbers: TapNumbers)

    /// - Parameter taps: by instance and tap.
    mutating func write(taps: [String: [String: TapNumbers]]) {
        let rows = taps.sorted { $0.key < $1.key }.flatMap { instance in
            instance.value.sorted { $0.key < $1.key }.map { tap in
                (labels: [("instance", instance.key), ("tap", tap.key)], numbers: tap.value)
            }
        }
        writeFrames(rows)
        writeVariants(rows)
        writeViewers(rows)
        writeDetections(rows.compactMap { row in row.numbers.detections.map { (row.labels, $0) } })
    }

    private mutating func writeFrames(_ rows: [Row]) {
        func family(_ name: String, _ kind: Kind, _ help: String, _ value: (TapMetrics) -> Double?) {
            self.family(
                name, kind, help, rows.compactMap { row in value(row.numbers.metrics).map { (row.labels, $0) } })
        }
        family("tap_frames_total", .counter, "Frames that reached the tap.") { Double($0.frameCount) }
        family("tap_encoded_frames_total", .counter, "Pictures encoded.") { Double($0.encoded) }
        family("tap_dropped_frames_total", .counter, "Due pictures lost to busy encoders or a busy link.") {
            Double($0.dropped)
        }
        family("tap_skipped_frames_total", .counter, "Pictures not sent to slow viewers.") { Double($0.skipped) }
        family("tap_viewers", .gauge, "Viewers just now.") { Double($0.viewers) }
        family("tap_frames_per_second", .gauge, "Rate of frames just now.") { $0.fps }
        family("tap_last_frame_age_seconds", .gauge, "Age of the newest frame.") {
            $0.lastFrameAgeMs.map { Double($0) / 1000 }
        }
        family("tap_uptime_seconds", .gauge, "Since the instance was created.") { $0.uptimeSeconds }
    }

    private mutating func writeVariants(_ rows: [Row]) {
        func each<Value>(_ value: (VariantTotals) -> Value) -> [(labels: Labels, value: Value)] {
            rows.flatMap { row in row.numbers.variants.map { (row.labels + [("variant", $0.label)], value($0.totals)) }
            }
        }
        family(
            "tap_pictures_total", .counter, "Pictures that came from workers, by size and quality.",
            each { Double($0.pictures) })
        family("tap_picture_bytes_total", .counter, "Bytes of those pictures.", each { Double($0.bytes) })
        histograms("tap_encode_seconds", "From a frame to its JPEG.", each(\.encodeTimes))
    }

    private mutating func writeViewers(_ rows: [Row]) {
        func each<Value>(_ value: (ViewerTotals) -> Value) -> [(labels: Labels, value: Value)] {
            rows.flatMap { row in
                // A kind of which there never was a viewer is no row.
                row.numbers.viewers.filter { $0.totals.sent > 0 || $0.totals.skipped > 0 }.map {
                    (row.labels + [("kind", $0.kind.label)], value($0.totals))
                }
            }
        }
        family(
            "viewer_sent_pictures_total", .counter, "Pictures handed to viewers' sockets.", each { Double($0.sent) })
        family(
            "viewer_skipped_pictures_total", .counter,
            "Pictures that were made for a viewer who could not take them in time.", each { Double($0.skipped) })
        family("viewer_sent_bytes_total", .counter, "Bytes of the messages that were sent.", each { Double($0.bytes) })
        histograms("viewer_age_seconds", "Age of pictures when they were sent, from their capture.", each(\.ages))
    }

    private mutating func writeDetections(_ rows: [(labels: Labels, counts: DetectionTotals)]) {
        family(
            "tap_detecting_frames_total", .counter, "Frames that had passed a detecting stage.",
            rows.map { ($0.labels, Double($0.counts.frames)) })
        family(
            "tap_frames_with_detections_total", .counter, "Frames in which something was found.",
            rows.map { ($0.labels, Double($0.counts.framesWithDetections)) })
        family(
            "tap_detections_total", .counter, "What was found, by kind and label.",
            rows.flatMap { row in
                row.counts.labels.map {
                    (row.labels + [("kind", $0.kind), ("label", $0.label)], Double($0.detections))
                }
            })
    }
}
