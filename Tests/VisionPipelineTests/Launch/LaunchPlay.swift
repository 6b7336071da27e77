import Foundation
import Plans
import TestSupport
import WorkerLink

@testable import VisionPipeline

/// How playing a launch line went.
enum LaunchOutcome: Hashable {
    /// Frames came, and would have come for ever.
    case plays
    case ended
    case failed(String)

    /// What two players must agree in; their words differ.
    var kind: String {
        switch self {
        case .plays: "plays"
        case .ended: "ended"
        case .failed: "failed"
        }
    }
}

/// Plays a line until it ends, or until frames have come to every sink of one that never does.
enum LaunchPlay {
    static func withGStreamer(_ line: String, isEndless: Bool, in directory: URL) async throws -> LaunchOutcome {
        do {
            return try await once(withGStreamer: line, isEndless: isEndless, in: directory)
        } catch is Timeout {
            // 1.22's splitmuxsink now and then never ends, whoever plays it; what counts is what it does when it does.
            return try await once(withGStreamer: line, isEndless: isEndless, in: directory)
        }
    }

    private static func once(
        withGStreamer line: String, isEndless: Bool, in directory: URL
    ) async throws -> LaunchOutcome {
        let process = try LaunchWorld.launch(
            onNoScreen(line), options: isEndless ? line.contains("mux") ? "-m -e" : "-m" : "", in: directory)
        func end() async throws -> LaunchOutcome {
            let exit = try await process.ended(within: .seconds(20))
            // Newer ones say so by their status too.
            let hasFailed = process.output.contains("ERROR:") || process.output.contains("erroneous pipeline")
            return exit == .status(0) && !hasFailed ? .ended : .failed(process.output.lines("ERROR", "WARNING"))
        }
        guard isEndless else { return try await end() }
        let hasPlayed = try await eventually(
            "gst-launch plays \(line)", within: .seconds(20), evidence: { process.output }
        ) {
            process.output.contains(/"pipeline0" \(state-changed\)[^\n]*new-state=\(GstState\)playing/)
                ? true : process.exit.map { _ in false }
        }
        guard hasPlayed else { return try await end() }
        process.signal(SIGINT)
        _ = try await process.ended(within: .seconds(20))
        return .plays
    }

    static func withStreamTap(_ line: String, isEndless: Bool) async throws -> LaunchOutcome {
        let run: Run
        do {
            run = try Run(line)
        } catch let error as PlanError {
            return .failed(error.diagnostics.map(\.message).joined(separator: " / "))
        }
        func hasFrames() -> Bool {
            // Of what is only recorded nobody knows more than that some has come.
            run.runner.tapProgress.allSatisfy { $0.frames >= 5 } && run.runner.sources.allSatisfy { $0.frames >= 1 }
        }
        func failure() -> String? { run.runner.branches.first { $0.state != .running }?.reason }
        try await eventually(
            "StreamTap plays \(line)", within: .seconds(20),
            evidence: { "\(run.runner.sources) \(run.runner.tapProgress)" }
        ) { run.ending != nil || (isEndless && hasFrames()) || failure() != nil || run.trouble != nil }
        // What a tap shows goes on; what gst-launch would end over is the branch's own, or that of one of several sources.
        if let failure = failure() ?? run.trouble?.message {
            if run.ending == nil { try await run.stop() }
            return .failed(failure)
        }
        if run.ending == nil { try await run.stop() }
        guard let ending = run.ending else { return .plays }
        switch ending.reason {
        case .endOfStream, .disconnected: return .ended
        case .stopRequested: return .plays
        default: return .failed(ending.message)
        }
    }

    /// A tap takes frames as they come, and a server has no screen.
    private static func onNoScreen(_ line: String) -> String {
        line.replacing(/\b(autovideo|xvimage|ximage|glimage|wayland|kms)sink( sync=false)?/, with: "fakesink")
            .replacing(/! streamtap( name=\w+)?/, with: "! fakesink")
    }
}

extension String {
    /// The lines that hold one of the words.
    func lines(_ words: String...) -> String {
        split(separator: "\n").filter { line in words.contains { line.contains($0) } }.joined(separator: "\n")
    }
}
