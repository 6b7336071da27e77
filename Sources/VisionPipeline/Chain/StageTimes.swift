internal import Synchronization
internal import WorkerLink

/// How long one stage took for each of its frames. Recording allocates nothing.
final class StageTimes: Sendable {
    private struct Samples {
        var micros = History<Float>(capacity: 256)
        var all = DurationHistogram(.work)
        var failed: UInt64 = 0
        var dropped: UInt64 = 0
    }

    private let samples = Mutex(Samples())

    func record(nanoseconds: Int64) {
        samples.withLock {
            $0.micros.append(Float(nanoseconds) / 1000)
            $0.all.record(nanoseconds)
        }
    }

    /// A frame was lost because the stage threw.
    func recordFailure() {
        samples.withLock { $0.failed += 1 }
    }

    /// A newer frame has taken the place of one that waited for the stage.
    func recordDrop() {
        samples.withLock { $0.dropped += 1 }
    }

    func progress(name: String, stage: String) -> StageProgress {
        let (taken, all, failed, dropped) = samples.withLock {
            ($0.micros.elements, $0.all.copy, $0.failed, $0.dropped)
        }
        let sorted = taken.sorted()
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[Int(Double(sorted.count - 1) * share + 0.5)])
        }
        return StageProgress(
            name: name, stage: stage, p50Micros: percentile(0.5), p99Micros: percentile(0.99), failed: failed,
            dropped: dropped, times: all)
    }
}
