import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Options that change while frames flow.
@Suite(.timeLimit(.minutes(1)))
struct StageChangeTests {
    private static let source = "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=100/1"

    private func compiled(_ outcome: StageAnswer.Outcome) -> CompiledStage? {
        if case .changed(let stage) = outcome { stage } else { nil }
    }

    private func codes(_ outcome: StageAnswer.Outcome) -> [Diagnostic.Code]? {
        if case .refused(let diagnostics) = outcome { diagnostics.map(\.code) } else { nil }
    }

    @Test("The next frames are worked on differently, and what the stage knows stays")
    func change() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run("\(Self.source) ! probe name=mark mode=mark ! probe id=\(id)")
        #expect(run.runner.compiled.stages.map(\.id) == ["mark", "probe1"])
        #expect(run.runner.compiled.stages.first?.options["mode"] == .string("mark"))
        try await eventually { log.count >= 5 }
        let changed = try #require(compiled(run.runner.change("mark", ["mode": .string("pass")])))
        #expect(changed.options["mode"] == .string("pass") && changed.options["delay"] == .integer(0))
        #expect(changed.changes == ["mode": .string("pass")])
        try await eventually { log.frames.last?.detections == nil }
        let between = log.count
        try await eventually { log.count >= between + 3 }
        // Back to what the plan says.
        #expect(compiled(run.runner.change("mark", ["mode": nil]))?.changes == [:])
        try await eventually { log.frames.last?.detections != nil }
        try await run.stop()
        let frames = log.frames
        #expect(frames.contains { $0.detections == nil })
        // It has counted on all the while.
        for (number, frame) in zip(1..., frames) {
            #expect(frame.detections?.first?.track == nil || frame.detections?.first?.track == number)
        }
        // No frame is lost but those that a busy machine had no time for, which are counted.
        let numbers = frames.map(\.sequence)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        let dropped = run.runner.stages.first?.dropped ?? 0
        #expect(numbers.last.map { $0 - UInt64(numbers.count) <= dropped } == true)
    }

    @Test("Frames go on while a stage takes long to be made")
    func slowMaking() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run("\(Self.source) ! probe name=slow id=\(id)")
        try await eventually { log.count >= 3 }
        let before = log.count
        #expect(compiled(run.runner.change("slow", ["making": .integer(400)])) != nil)
        #expect(log.count >= before + 10, "at 100 frames a second, 400 ms are 40")
        try await run.stop()
    }

    @Test("What the linter would refuse is refused in its words, and nothing changes")
    func refused() async throws {
        let run = try Run("\(Self.source) ! edges name=lines low=20 ! blur name=soft ! streamtap")
        let runner = run.runner
        func words(_ text: String) throws -> [Diagnostic] {
            do {
                _ = try Run("\(Self.source) ! \(text) ! streamtap")
                return []
            } catch let error as PlanError { return error.diagnostics }
        }
        let wrong: [(stage: String, options: [String: ParameterValue?], text: String)] = [
            ("lines", ["high": .integer(10)], "edges name=lines low=20 high=10"),
            ("lines", ["high": .integer(9999)], "edges name=lines low=20 high=9999"),
            ("soft", ["kernel": .integer(4)], "blur kernel=4"),
            ("soft", ["kernl": .integer(5)], "blur kernl=5"),
            ("soft", ["method": .string("gausian")], "blur method=gausian"),
            ("soft", ["kernel": .string("wide"), "method": .string("x")], "blur kernel=wide method=x"),
        ]
        for (stage, options, text) in wrong {
            guard case .refused(let found) = runner.change(stage, options) else {
                Issue.record("\(options) was taken")
                continue
            }
            let expected = try words(text)
            #expect(found.map(\.message) == expected.map(\.message))
            #expect(found.map(\.code) == expected.map(\.code))
            #expect(found.map(\.hint) == expected.map(\.hint))
        }
        #expect(codes(runner.change("soft", ["name": .string("hard")])) == [.unknownOption])
        #expect(runner.change("nobody", [:]) == .unknown)
        #expect(compiled(runner.change("lines", [:]))?.options["high"] == .integer(150))
        #expect(compiled(runner.change("soft", [:]))?.changes == [:])
        try await run.stop()
    }

    @Test("A run that begins with changes is the plan with them")
    func begun() async throws {
        let graph = try Plan(parsing: "\(Self.source) ! threshold name=cut value=10 ! streamtap name=t").graph
        let runner = try PipelineRunner(
            graph: graph, stageOptions: ["cut": ["value": .integer(250)], "nobody": ["x": .integer(1)]],
            deliver: { _ in }, ended: { _ in })
        let stage = try #require(runner.compiled.stages.first)
        #expect(stage.options["value"] == .integer(250) && stage.changes == ["value": .integer(250)])
        #expect(compiled(runner.change("cut", ["value": nil]))?.options["value"] == .integer(10))
    }
}
