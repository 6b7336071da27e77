import Plans
import Synchronization
import WorkerLink

@testable import VisionPipeline

/// Collects frames for a test. One at a time: a stage is made by the builder, so what it records goes through here.
final class FrameLog: Sendable {
    private let kept = Mutex<[(frame: Frame, arrival: Int64)]>([])

    var frames: [Frame] { kept.withLock { $0.map(\.frame) } }
    /// When each came to the stage, CLOCK_MONOTONIC nanoseconds.
    var arrivals: [Int64] { kept.withLock { $0.map(\.arrival) } }
    var count: Int { kept.withLock { $0.count } }
    func append(_ frame: Frame) { kept.withLock { $0.append((frame, MonotonicClock.now())) } }
}

/// A stage made by a test's own closure.
protocol ProbeStage: Stage {}

extension ProbeStage {
    static var description: StageDescription {
        StageDescription(
            name: "probe", summary: "Records frames",
            options: [
                StageOptionDescription(
                    name: "id", type: "integer", default: .integer(0), minimum: 0, maximum: 1_000_000,
                    summary: "Which log"),
                StageOptionDescription(
                    name: "delay", type: "integer", default: .integer(0), minimum: 0, maximum: 1000,
                    summary: "Milliseconds a frame takes"),
                StageOptionDescription(
                    name: "making", type: "integer", default: .integer(0), minimum: 0, maximum: 1000,
                    summary: "Milliseconds it takes to make the stage"),
                StageOptionDescription(
                    name: "mode", type: "choice", default: .string("pass"), choices: ["pass", "drop", "throw", "mark"],
                    summary: "What it does"),
            ])
    }
}

/// Records what passes into the log of its `id`.
struct Recorder: ProbeStage {
    struct Refusal: Error {}
    private static let logs = Mutex<[Int: FrameLog]>([:])

    /// A fresh log and the `id` option that leads to it.
    static func newLog() -> (id: Int, log: FrameLog) {
        logs.withLock {
            let id = $0.count + 1
            let log = FrameLog()
            $0[id] = log
            return (id, log)
        }
    }

    private let log: FrameLog?
    private let delay: Int
    private let mode: String
    /// Frames that this stage, and those before it, have had.
    private var count = 0

    init(options: StageOptions) {
        log = Self.logs.withLock { $0[options.integer("id") ?? 0] }
        delay = options.integer("delay") ?? 0
        mode = options.string("mode") ?? "pass"
        Self.compute(milliseconds: options.integer("making") ?? 0)
    }

    mutating func adopt(_ former: Recorder) {
        count = former.count
    }

    /// What a slow computation costs: the thread is busy, as it would be.
    private static func compute(milliseconds: Int) {
        let end = MonotonicClock.now() + Int64(milliseconds) * 1_000_000
        while MonotonicClock.now() < end {}
    }

    mutating func process(_ frame: Frame) throws -> Frame? {
        log?.append(frame)
        count += 1
        Self.compute(milliseconds: delay)
        switch mode {
        case "drop": return nil
        case "throw": throw Refusal()
        case "mark":
            let box = Detection.Box(x: 8, y: 10, width: 40, height: 20)
            var mark = Detection(kind: "mark", id: Int(frame.sequence), label: "mark", score: 1, box: box)
            mark.track = count
            return frame.with(detections: [mark])
        default: return frame
        }
    }
}
