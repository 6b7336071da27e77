import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

/// Control messages as they cross the link: JSON.
struct MessageTests {
    static let serverMessages: [ServerMessage] = [
        .run(
            RunRequest(
                instance: "front-door", planText: "videotestsrc ! streamtap\n# \"ä😀\u{1F}\"",
                parameters: [
                    "camera": .string("rtsp://h/ä"), "width": .integer(.max), "rate": .number(29.97),
                    "on": .boolean(true),
                ], stageOptions: ["soft": ["kernel": .integer(7)], "none": [:]])),
        .change(StageChange(number: 1, stage: "soft", options: ["kernel": .integer(3), "method": nil])),
        .change(StageChange(number: .max, stage: "", options: [:])),
        .demand(Demand()),
        .demand(
            Demand(
                generation: .max,
                wanted: [
                    WantedVariant(tap: "a", variant: .asIs, stream: nil),
                    WantedVariant(tap: "b", variant: Variant(width: 1, height: 2, quality: 3), stream: 0.5, once: .max),
                ])),
        .stop(within: 2.2),
    ]

    static let workerMessages: [WorkerMessage] = [
        .hello(version: Link.version, pid: .max),
        .compiled(
            CompiledPlan(
                taps: [
                    CompiledTap(id: "live", attachPoint: "soft"),
                    CompiledTap(id: "small", attachPoint: "gray", defaults: Variant(width: 320), fps: 12.5),
                ],
                warnings: [
                    Diagnostic(
                        .warning, .stageHidesElement, at: SourceRange(line: 1, column: 2, length: 3), "m", hint: "h")
                ])),
        .stage(
            StageAnswer(
                number: 7,
                outcome: .changed(
                    CompiledStage(
                        id: "soft", stage: "blur", options: ["kernel": .integer(3), "method": .string("box")],
                        changes: ["kernel": .integer(3)])))),
        .stage(
            StageAnswer(
                number: 0,
                outcome: .refused([
                    Diagnostic(.error, .optionRange, at: SourceRange(line: 1, column: 2, length: 3), "m", hint: "h")
                ]))),
        .stage(StageAnswer(number: .max, outcome: .unknown)),
        .invalid([Diagnostic(.error, .syntax, at: SourceRange(line: 1, column: 1, length: 1), "no")]),
        .ended(.endOfStream, message: ""),
    ]

    @Test("what the server says comes back as it was", arguments: serverMessages)
    func server(_ message: ServerMessage) throws {
        let data = try JSONEncoder().encode(message)
        #expect(try JSONDecoder().decode(ServerMessage.self, from: data) == message)
    }

    @Test("what the worker says comes back as it was", arguments: workerMessages)
    func worker(_ message: WorkerMessage) throws {
        let data = try JSONEncoder().encode(message)
        #expect(try JSONDecoder().decode(WorkerMessage.self, from: data) == message)
    }

    @Test("every reason has its word", arguments: FailureReason.allCases)
    func reasons(_ reason: FailureReason) throws {
        let message = WorkerMessage.ended(reason, message: "why")
        #expect(try JSONDecoder().decode(WorkerMessage.self, from: try JSONEncoder().encode(message)) == message)
    }

    @Test(
        "what is no message is an error",
        arguments: [
            "", "null", "[]", "{}", "\"stop\"", "{\"run\":{}}", "{\"explode\":{}}", "{\"demand\":{\"_0\":{}}}",
            "{\"demand\":{\"_0\":{\"generation\":-1,\"wanted\":[]}}}",
            "{\"demand\":{\"_0\":{\"generation\":1,\"wanted\":[{}]}}}",
            "{\"demand\":{\"_0\":{\"generation\":1e400,\"wanted\":[]}}}",
            "{\"ended\":{\"_0\":\"bored\",\"message\":\"\"}}", "{\"hello\":{\"version\":1,\"pid\":99999999999}}",
            "{\"run\":{\"_0\":1},\"stop\":{}}", "\u{0}",
        ])
    func malformed(_ text: String) {
        let data = Data(text.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ServerMessage.self, from: data) }
        #expect(throws: (any Error).self) { try JSONDecoder().decode(WorkerMessage.self, from: data) }
    }

    @Test("deep nesting is an error, never a crash")
    func nested() {
        let data = Data(repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ServerMessage.self, from: data) }
    }

    @Test("a message cut or changed anywhere is a message or an error, never a trap")
    func damaged() throws {
        var generator = SeededGenerator.announced()
        for message in Self.serverMessages {
            let good = [UInt8](try JSONEncoder().encode(message))
            for _ in 0..<300 {
                var bytes = good
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
                _ = try? JSONDecoder().decode(ServerMessage.self, from: Data(bytes))
                let cut = Data(good.prefix(.random(in: 0..<good.count, using: &generator)))
                #expect(throws: (any Error).self) { try JSONDecoder().decode(ServerMessage.self, from: cut) }
            }
        }
    }

    @Test("a message's kind knows its limit")
    func limits() {
        #expect(LinkMessageType(rawValue: 1)?.limit == 1 << 20)
        #expect(LinkMessageType(rawValue: 2)?.limit == 32 << 20)
        #expect(LinkMessageType(rawValue: 3)?.limit == 1 << 20)
        #expect(LinkMessageType(rawValue: 4)?.limit == 32 << 20)
        for unknown in [UInt8(0), 5, 255] { #expect(LinkMessageType(rawValue: unknown) == nil) }
    }

    @Test("ages are measured with a clock that does not go back")
    func clock() {
        var before = MonotonicClock.now()
        for _ in 0..<1000 {
            let now = MonotonicClock.now()
            #expect(now >= before)
            before = now
        }
    }

    @Test("a report fits the link, of all taps that a plan may have, whatever was found there")
    func longReport() throws {
        let labels = (0..<DetectionProgress.labelLimit).map {
            LabelProgress(
                kind: "apriltag", label: String(repeating: "\"", count: 60) + "\(1000 + $0)", id: .max, frames: .max,
                detections: 3, lastSeen: .max)
        }
        let found = DetectionProgress(frames: 1, framesWithDetections: 1, detections: 3 * 256, labels: labels)
        let taps = (0..<PlanLimits.trusted.taps).map { TapProgress(tap: "tap\($0)", detections: found) }
        let report = Progress(now: 1, taps: taps).fittingTheLink
        #expect(try report.message.count < Link.controlLimit)
        #expect(report.taps.count == taps.count)
        for tap in report.taps {
            let listed = tap.detections?.labels.reduce(0) { $0 + $1.detections } ?? 0
            #expect(tap.detections.map { listed + $0.unlisted == $0.detections } == true)
        }
        let small = Progress(now: 1, taps: Array(taps.prefix(8)))
        #expect(small.fittingTheLink == small)
    }
}
