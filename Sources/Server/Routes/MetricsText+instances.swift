import WorkerLink

extension MetricsText {
    /// - Parameter workers: by instance.
    mutating func write(_ instances: [InstanceSnapshot], workers: [String: WorkerNumbers] = [:]) {
        let instances = instances.sorted { $0.id < $1.id }
        family(
            "instance_state", .gauge, "1 for the state that the instance is in.",
            instances.flatMap { instance in
                InstanceState.allCases.map { state in
                    ([("instance", instance.id), ("state", state.rawValue)], instance.state == state ? 1 : 0)
                }
            })
        family(
            "instance_restarts_total", .counter, "Workers started after the first.",
            instances.map { ([("instance", $0.id)], Double($0.restarts)) })
        family(
            "instance_frames_per_second", .gauge, "Rate of frames just now.",
            instances.map { ([("instance", $0.id)], $0.fps) })
        writeSources(instances)
        writeStages(instances, workers)
        family(
            "branch_dropped_frames_total", .counter, "Frames of the current worker that a branch did not take in time.",
            instances.flatMap { instance in
                instance.branches.map { ([("instance", instance.id), ("branch", $0.name)], Double($0.dropped)) }
            })
        writeProcesses(workers)
    }

    private mutating func writeSources(_ instances: [InstanceSnapshot]) {
        func family(_ name: String, _ kind: Kind, _ help: String, _ value: (InstanceSnapshot.Source) -> Double?) {
            self.family(
                name, kind, help,
                instances.flatMap { instance in
                    instance.sources.compactMap { source in
                        value(source).map { ([("instance", instance.id), ("source", source.name)], $0) }
                    }
                })
        }
        family("source_running", .gauge, "1 while a source gives frames.") { $0.state == .running ? 1 : 0 }
        family(
            "source_restarts_total", .counter, "How often the current worker has built a source anew by itself."
        ) { Double($0.restarts) }
        family("source_last_frame_age_seconds", .gauge, "Age of the newest frame.") {
            $0.lastFrameAgeMs.map { Double($0) / 1000 }
        }
        family(
            "source_decode_errors_total", .counter,
            "Pictures of the current worker that a decoder did not get, or gave out damaged."
        ) { Double($0.decodeErrors) }
        family(
            "source_dropped_frames_total", .counter,
            "Pictures of the current worker that came too fast, or that no frame could be made of."
        ) { Double($0.dropped) }
    }

    private mutating func writeStages(_ instances: [InstanceSnapshot], _ workers: [String: WorkerNumbers]) {
        func rows(_ value: (InstanceSnapshot.Stage) -> UInt64) -> [(labels: Labels, value: Double)] {
            instances.flatMap { instance in
                instance.stages.map { ([("instance", instance.id), ("stage", $0.name)], Double(value($0))) }
            }
        }
        family(
            "stage_failed_frames_total", .counter, "Frames that a stage of the current worker could not work on.",
            rows(\.failed))
        family(
            "stage_dropped_frames_total", .counter,
            "Live frames of the current worker whose place a newer took while the stage was busy.", rows(\.dropped))
        histograms(
            "stage_seconds", "Time that a stage of the current worker takes for a frame.",
            workers.sorted { $0.key < $1.key }.flatMap { id, worker in
                worker.stageTimes.map { ([("instance", id), ("stage", $0.stage)], $0.times) }
            })
    }

    private mutating func writeProcesses(_ workers: [String: WorkerNumbers]) {
        let processes = workers.sorted { $0.key < $1.key }.compactMap { id, worker in
            worker.process.map { (labels: [("instance", id)], process: $0) }
        }
        family(
            "worker_resident_memory_bytes", .gauge, "Memory of the current worker.",
            processes.map { ($0.labels, Double($0.process.residentBytes)) })
        family(
            "worker_cpu_seconds_total", .counter, "Processor time of the current worker.",
            processes.map { ($0.labels, $0.process.cpuSeconds.rounded(decimals: 2)) })
    }
}
