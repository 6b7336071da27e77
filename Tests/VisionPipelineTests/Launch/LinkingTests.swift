import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What GStreamer's own parser links, a plan links, whatever pads an element has and in whatever order the registry
/// keeps them: it turns round between a registry file that is new and one that was there.
@Suite(.timeLimit(.minutes(2)))
struct LinkingTests {
    @Test("Every installed element with several pads is linked as GStreamer links it: a registry file that is new")
    func newRegistry() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await LinkingWalk.report(isRegistryNew: true)
        }
        let complaints = try LinkingWalk.read(#require(result).standardOutputContent)
        #expect(complaints == [], "\(complaints)")
    }

    @Test("Every installed element with several pads is linked as GStreamer links it: a registry file that was there")
    func cachedRegistry() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await LinkingWalk.report(isRegistryNew: false)
        }
        let complaints = try LinkingWalk.read(#require(result).standardOutputContent)
        #expect(complaints == [], "\(complaints)")
    }

    /// Elements that play nothing without a second input, and cannot be stopped meanwhile without their process.
    private static let waitingForAnother: Set<String> = ["alphacombine", "compare", "shapewipe", "smpte"]

    @Test("What gst-launch plays with one picture's source, plays")
    func played() async throws {
        try GStreamer.initialize()
        let chains = LinkingWalk.manifold
            .filter { $0.hasSink && $0.hasSource && !Self.waitingForAnother.contains($0.name) }
            .map { "\(LinkingWalk.inputs[0]) ! \($0.name) ! fakesink" }
            .filter { LinkingWalk.isLinkedByGStreamer($0) }
        #expect(chains.count > 30)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = chains[...]
            func startNext() {
                guard let chain = waiting.popFirst() else { return }
                group.addTask {
                    let theirs = try await LinkingWalk.playedByGStreamer(chain)
                    guard theirs != .waits else {
                        Issue.record("\(chain) waits in gst-launch")
                        return
                    }
                    let ours = try await Self.played("videotestsrc num-buffers=3 ! streamtap \(chain)")
                    #expect(theirs == ours, "\(chain)")
                }
            }
            for _ in 0..<2 { startNext() }
            while try await group.next() != nil { startNext() }
        }
    }

    @Test(
        "A picture finds the pad that takes pictures",
        arguments: [
            "textoverlay", "subtitleoverlay", "assrender", "rsvgoverlay", "dvbsuboverlay", "ttmlrender", "cc708overlay",
            "dvdspu", "timeoverlay", "clockoverlay", "compositor", "videomixer", "input-selector", "funnel", "concat",
            "smpte", "shapewipe", "avwait", "cccombiner", "timecodestamper", "multiqueue", "streamsynchronizer",
        ])
    func pictures(_ element: String) throws {
        let text = "videotestsrc ! video/x-raw,width=320,height=240 ! \(element) ! streamtap"
        #expect(try problems(text) == [])
        #expect(try problems(text.replacing("! streamtap", with: "! blur ! streamtap")) == [])
        #expect(try problems("videotestsrc ! blur ! \(element) ! videoconvert ! fakesink") == [])
    }

    @Test("Of an element with several outputs each link takes one of its own, and a tap the one with pictures")
    func severalOutputs() async throws {
        let run = try Run(
            """
            videotestsrc num-buffers=8 ! video/x-raw,width=32,height=32 ! avwait name=w ! fakesink
            audiotestsrc num-buffers=8 ! w. w. ! fakesink name=other
            w. ! streamtap name=pictures
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(run.runner.tapProgress.map(\.frames) == [8])
        let found = try problems("videotestsrc ! avwait name=w ! fakesink w. ! fakesink w. ! fakesink w. ! streamtap")
        #expect(found == ["58 cannot_link 'w' cannot be linked to 'fakesink2'"])
    }

    @Test("Inputs are numbered in the order of the text, those that come from stages too")
    func inputOrder() async throws {
        let size = "video/x-raw,format=GRAY8,width=32,height=32"
        // The first is not to be seen.
        let run = try Run(
            """
            videotestsrc num-buffers=5 pattern=white ! \(size) ! blur ! mix.
            videotestsrc num-buffers=5 pattern=black ! \(size) ! mix.
            compositor name=mix sink_0::alpha=0 background=black ! streamtap name=t
            """)
        #expect(try await run.end().reason == .endOfStream)
        let newest = try #require(run.runner.tap("t")?.newest)
        let level = newest.withPlanes { $0[0].samples[16 * $0[0].stride + 16] }
        #expect(level < 40)
    }

    private static func played(_ line: String) async throws -> LinkingWalk.Play {
        guard let run = try? Run(line) else { return .failed }
        try? await eventually("an ending", within: LinkingWalk.patience) {
            run.ending != nil || run.trouble != nil
        }
        guard let ending = run.ending else {
            let isTried = run.trouble != nil
            try await run.stop()
            return isTried ? .failed : .waits
        }
        return ending.reason == .endOfStream ? .ended : .failed
    }
}
