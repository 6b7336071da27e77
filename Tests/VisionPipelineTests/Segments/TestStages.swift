import Plans
import Synchronization
import WorkerLink

@testable import VisionPipeline

/// Collects frames for a test. One at a time: a stage is made by the builder, so what it records goes through here.
final class FrameLog: Sendable {
    private let kept = Mutex<[(frame: Frame, arrival: Int64)]>([])
    private let isThin: Bool

    /// - Parameter isThin: keeps every eighth row of luma, as a frame of its own: a decoder waits for pictures that are held.
    init(isThin: Bool = false) { self.isThin = isThin }

    var frames: [Frame] { kept.withLock { $0.map(\.frame) } }
    /// When each came to the stage, CLOCK_MONOTONIC nanoseconds.
    var arrivals: [Int64] { kept.withLock { $0.map(\.arrival) } }
    var count: Int { kept.withLock { $0.count } }
    func append(_ frame: Frame) {
        let frame = isThin ? Self.thinned(frame) : frame
        kept.withLock { $0.append((frame, MonotonicClock.now())) }
    }

    private static func thinned(_ frame: Frame) -> Frame {
        Frame(format: .gray8, width: frame.width, height: frame.height / 8, attributes: frame.attributes) { target in
            frame.withPlanes { planes in
                let luma = Plane(
                    base: planes[0].base, stride: planes[0].stride * 8, width: frame.width, height: frame.height / 8)
                target[0].copy(luma)
            }
        }
    }
}

/// A stage made by a test's own closure.
protocol ProbeStage: Stage {}

extension ProbeStage {
    static var description: StageDescription {
        StageDescription(
            name: "probe", summary: "Records frames",
            options: [
                StageOptionDescription(
                    name: "id", type: .integer, default: .integer(0), minimum: 0, maximum: 1_000_000,
                    summary: "Which log"),
                StageOptionDescription(
                    name: "delay", type: .integer, default: .integer(0), minimum: 0, maximum: 1000,
                    summary: "Milliseconds a frame takes"),
                StageOptionDescription(
                    name: "making", type: .integer, default: .integer(0), minimum: 0, maximum: 1000,
                    summary: "Milliseconds it takes to make the stage"),
                StageOptionDescription(
                    name: "mode", type: .choice, default: .string("pass"), choices: ["pass", "drop", "throw", "mark"],
                    summary: "What it does"),
            ])
    }
}

/// Records what passes into the log of its `id`.
struct Recorder: ProbeStage {
    struct Refusal: Error {}
    private static let logs = Mutex<[Int: FrameLog]>([:])

    /// A fresh log and the `id` option that leads to it.
    static func newLog(isThin: Bool = false) -> (id: Int, log: FrameLog) {
        logs.withLock {
            let id = $0.count + 1
            let log = FrameLog(isThin: isThin)
            $0[id] = log
            return (id, log)
        }
    }

    static func log(_ id: Int) -> FrameLog? { logs.withLock { $0[id] } }

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

/// Records what it is given of its frames' brightness: luma alone, in full range.
struct LevelRecorder: Stage {
    static let description = StageDescription(
        name: "levels", summary: "Records full-range luma", input: .fullRangeLuma,
        options: [
            StageOptionDescription(name: "id", type: .integer, default: .integer(0), summary: "Which log")
        ])

    private let log: FrameLog?

    init(options: StageOptions) {
        log = Recorder.log(options.integer("id") ?? 0)
    }

    func process(_ frame: Frame) throws -> Frame? {
        log?.append(frame)
        return frame
    }
}

/// A slow stage whose frames are independent; it is done with some sooner than with those before them.
struct Juggler: Stage {
    struct Dropped: Error {}

    /// How many work at this moment, and did at most.
    final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }
        func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { state.withLock { $0.now -= 1 } }
    }

    private static let gauges = Mutex<[Int: Gauge]>([:])

    static func newGauge() -> (id: Int, gauge: Gauge) {
        gauges.withLock {
            let (id, gauge) = ($0.count + 1, Gauge())
            $0[id] = gauge
            return (id, gauge)
        }
    }

    static let description = StageDescription(
        name: "juggle", summary: "Takes its time", oneAtATime: nil,
        options: [
            StageOptionDescription(name: "id", type: .integer, default: .integer(0), summary: "Which gauge"),
            StageOptionDescription(
                name: "micros", type: .integer, default: .integer(500), minimum: 0, maximum: 1_000_000,
                summary: "Microseconds that a slow frame takes"),
            StageOptionDescription(
                name: "company", type: .integer, default: .integer(1), minimum: 1, maximum: 8,
                summary: "Goes on only when so many were at work at a time, or a second has passed"),
            StageOptionDescription(
                name: "label", type: .string, default: .string(""), summary: "What it writes on its frames"),
        ])

    private let gauge: Gauge?
    private let micros: Int
    private let company: Int
    private let label: String

    init(options: StageOptions) {
        gauge = Self.gauges.withLock { $0[options.integer("id") ?? 0] }
        micros = options.integer("micros") ?? 0
        company = options.integer("company") ?? 1
        label = options.string("label") ?? ""
    }

    func process(_ frame: Frame) throws -> Frame? {
        gauge?.enter()
        defer { gauge?.leave() }
        let start = MonotonicClock.now()
        let patience = Int64(company > 1 ? 1_000_000_000 : 0)
        while gauge?.most ?? company < company, MonotonicClock.now() < start + patience {}
        let time = frame.sequence % 3 == 0 ? micros : micros / 10
        while MonotonicClock.now() < start + Int64(time) * 1000 {}
        if frame.sequence % 10 == 7 { throw Dropped() }
        if frame.sequence % 10 == 8 { return nil }
        let box = Detection.Box(x: 0, y: 0, width: 1, height: 1)
        return frame.with(detections: [Detection(kind: "label", label: label, score: 1, box: box)])
    }
}

/// Halves every other so many frames: what goes on in GStreamer sees pictures whose size changes.
struct Alternator: Stage {
    static let description = StageDescription(
        name: "alternate", summary: "Changes the size", input: .fullRangeLuma,
        options: [
            StageOptionDescription(
                name: "each", type: .integer, default: .integer(10), minimum: 1, maximum: 1000,
                summary: "Frames of one size")
        ])

    private let each: Int
    private var count = 0

    init(options: StageOptions) { each = options.integer("each") ?? 10 }

    mutating func process(_ frame: Frame) throws -> Frame? {
        let divisor = count / each % 2 + 1
        count += 1
        return Frame(
            format: .gray8, width: frame.width / divisor, height: frame.height / divisor, attributes: frame.attributes
        ) { $0[0].fill(UInt8(divisor * 60)) }
    }
}
