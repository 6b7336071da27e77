import Foundation
import Glibc
import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
    private let live = "videotestsrc is-live=true ! video/x-raw,width=320,height=240 ! streamtap name=t"

    private func start(_ plan: String) throws -> WorkerProcess {
        let worker = try WorkerProcess()
        try worker.run(plan)
        return worker
    }

    private func ending(_ message: WorkerMessage) -> PlanEnding? {
        if case .ended(let reason, let words) = message { PlanEnding(reason, words) } else { nil }
    }

    @Test("Hello, compiled, frames on demand, progress, stop")
    func life() throws {
        let worker = try start(live)
        guard case .control(.hello(let version, let pid)) = try worker.next() else {
            Issue.record("hello comes first")
            return
        }
        #expect(version == Link.version && pid == worker.process.processIdentifier)
        let compiled = try worker.next { if case .compiled(let plan) = $0 { plan } else { nil } }
        #expect(compiled.taps.map(\.id) == ["t"])
        try worker.send(
            .demand(Demand(generation: 1, wanted: [WantedVariant(tap: "t", variant: Variant(width: 160), stream: nil)]))
        )
        var frames: [FrameHeader] = []
        while frames.count < 3 {
            if case .frame(let header, let jpeg) = try worker.next() {
                #expect(jpeg.starts(with: [0xFF, 0xD8]) && jpeg.suffix(2) == [0xFF, 0xD9])
                #expect(header.width == 160 && header.height == 120)
                frames.append(header)
            }
        }
        #expect(frames.map(\.sequence) == frames.map(\.sequence).sorted())
        let progress = try worker.nextReport { $0.sources.first?.lastFrame != nil }
        #expect(progress.sources.first?.isLive == true)
        #expect(progress.taps.first?.width == 320)
        #expect(progress.dataBytes > 1_000_000 && progress.dataBytes < 1_500_000_000)
        try worker.send(.stop(within: 4))
        #expect(try worker.next(ending).reason == .stopRequested)
        worker.process.waitUntilExit()
        #expect(worker.process.terminationStatus == 0)
    }

    @Test("A change is answered under its number, whenever it comes")
    func change() throws {
        let worker = try WorkerProcess()
        try worker.run("videotestsrc is-live=true ! blur name=soft ! streamtap name=t")
        // Before there is anything to change, and in one go.
        try worker.send(.change(StageChange(number: 1, stage: "soft", options: ["kernel": .integer(9)])))
        try worker.send(.change(StageChange(number: 2, stage: "soft", options: ["kernel": .integer(4)])))
        try worker.send(.change(StageChange(number: 3, stage: "hard", options: [:])))
        let compiled = try worker.next { if case .compiled(let plan) = $0 { plan } else { nil } }
        #expect(compiled.stages.map(\.id) == ["soft"])
        #expect(compiled.stages.first?.options["kernel"] == .integer(5))
        let answers = try (1...3).map { _ in try worker.next { if case .stage(let answer) = $0 { answer } else { nil } }
        }
        #expect(answers.map(\.number) == [1, 2, 3])
        guard case .changed(let stage) = answers[0].outcome, case .refused(let diagnostics) = answers[1].outcome else {
            Issue.record("\(answers)")
            return
        }
        #expect(stage.changes == ["kernel": .integer(9)])
        #expect(diagnostics.map(\.code) == [.optionRange])
        #expect(answers[2].outcome == .unknown)
    }

    @Test("A plan that cannot run is invalid, with every diagnostic")
    func invalid() throws {
        let worker = try start("videotestsrc patern=1 ! nosuchthing ! streamtap")
        let diagnostics = try worker.next { if case .invalid(let all) = $0 { all } else { nil } }
        #expect(diagnostics.map(\.code) == [.unknownProperty, .unknownElement])
        #expect(try worker.next(ending).reason == .planInvalid)
        worker.process.waitUntilExit()
    }

    @Test("The end of a file: the last picture, then the last word")
    func endOfFile() throws {
        let worker = try start("videotestsrc num-buffers=3 ! streamtap name=t")
        var lastFrame: FrameHeader?
        var reason: FailureReason?
        while reason == nil {
            switch try worker.next() {
            case .frame(let header, _): lastFrame = header
            case .control(let message): reason = ending(message)?.reason
            case .report: break
            }
        }
        #expect(reason == .endOfStream)
        #expect(lastFrame?.sequence == 3)
    }

    @Test("A worker ends when its server is gone, at any moment")
    func serverGone() throws {
        let idle = try WorkerProcess()
        idle.hangUp()
        idle.process.waitUntilExit()
        let busy = try start(live)
        _ = try busy.next { if case .compiled = $0 { true } else { nil } }
        busy.hangUp()
        busy.process.waitUntilExit()
        #expect(busy.process.terminationReason == .exit)
    }

    @Test("A message that breaks the rules ends the worker", arguments: ["not JSON", "too long", "a frame", "empty"])
    func malformed(_ kind: String) throws {
        let worker = try start(live)
        switch kind {
        case "not JSON": worker.send(raw: Array("{\"run\":".utf8))
        case "too long": worker.send(raw: [], length: 1 << 21)
        case "a frame": worker.send(raw: [1, 2, 3], type: 2)
        default: worker.send(raw: [], length: 0)
        }
        worker.process.waitUntilExit()
        #expect(worker.process.terminationStatus == 76)
    }

    @Test("SIGTERM is an orderly stop, SIGINT is none of a worker's business")
    func signals() throws {
        let worker = try start(live)
        _ = try worker.next { if case .compiled = $0 { true } else { nil } }
        kill(worker.process.processIdentifier, SIGINT)
        _ = try worker.nextReport { $0.taps.first.map { $0.frames > 3 } == true }
        kill(worker.process.processIdentifier, SIGTERM)
        #expect(try worker.next(ending).reason == .stopRequested)
        worker.process.waitUntilExit()
        #expect(worker.process.terminationStatus == 0)
    }

    @Test("The limits hold before anything runs")
    func limits() throws {
        let worker = try WorkerProcess()
        _ = try worker.next()
        let text = try String(contentsOfFile: "/proc/\(worker.process.processIdentifier)/limits", encoding: .utf8)
        func limit(_ name: String) -> [Substring] {
            text.split(separator: "\n").first { $0.hasPrefix(name) }?.dropFirst(25).split(separator: " ").prefix(2).map
            { $0 } ?? []
        }
        #expect(limit("Max data size") == ["1500000000", "1500000000"])
        #expect(limit("Max core file size") == ["0", "0"])
        #expect(limit("Max open files") == ["256", "256"])
        let input = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(worker.process.processIdentifier)/fd/0")
        #expect(input == "/dev/null")
    }

    @Test("describe and check speak JSON")
    func verbs() throws {
        // As JSON has them: it does not tell 1 from 1.0.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let described = try JSONDecoder().decode([StageDescription].self, from: output(["describe"]))
        #expect(try encoder.encode(described) == encoder.encode(StageCatalog.builtIn.descriptions))
        #expect(described.contains { $0.name == "grayscale" })
        let request = Data(#"{"text":"videotestsrc patern=1 ! streamtap"}"#.utf8)
        #expect(
            try JSONDecoder().decode([Diagnostic].self, from: output(["check"], input: request)).map(\.code) == [
                .unknownProperty
            ])
        // Without values, parameters may be anything; their places are checked all the same.
        let open = Data(
            #"{"text":"---\nparameters:\n  u: {type: string}\n  n: {type: integer}\n---\nrtspsrc location=${u} latncy=${n} ! rtph264depay ! avdec_h264 ! streamtap width=${n}"}"#
                .utf8)
        let found = try JSONDecoder().decode([Diagnostic].self, from: output(["check"], input: open))
        #expect(found.filter { $0.severity == .error }.map(\.code) == [.unknownProperty])
    }

    private func output(_ arguments: [String], input: Data = Data()) throws -> Data {
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = WorkerProcess.executable
        process.arguments = arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        stdin.fileHandleForWriting.write(input)
        try stdin.fileHandleForWriting.close()
        let data = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return data
    }
}
