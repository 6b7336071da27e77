import CGStreamer
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What GStreamer's own parser links, a plan links, whatever pads an element has and in whatever order the registry
/// keeps them: it turns round between a registry file that is new and one that was there.
@Suite(.timeLimit(.minutes(2)))
struct LinkingTests {
    /// One kind of input each, in the order in which they are tried.
    private static let inputs = [
        "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240",
        "audiotestsrc num-buffers=3",
        "fakesrc num-buffers=3 ! text/x-raw,format=utf8",
        "videotestsrc num-buffers=3 ! x264enc ! h264parse",
        "videotestsrc num-buffers=3 ! jpegenc",
        "audiotestsrc num-buffers=3 ! avenc_aac ! aacparse",
        "videotestsrc num-buffers=3 ! jpegenc ! rtpjpegpay",
        "fakesrc num-buffers=3 ! closedcaption/x-cea-608,format=raw",
        "fakesrc num-buffers=3 ! application/x-rtcp",
        "fakesrc num-buffers=3",
    ]

    /// GStreamer 1.22 itself crashes when it is linked without an index, gst-launch too.
    private static let crashing: Set<String> = ["dtlssrtpenc"]

    /// Elements with several pads in a direction, or such as are made when asked for.
    private static var manifold: [ElementFactory] {
        ElementFactory.allNames.sorted().compactMap { ElementFactory(named: $0) }.filter { factory in
            let sinks = factory.pads.filter { !$0.isSource }
            let sources = factory.pads.filter { $0.isSource }
            guard !crashing.contains(factory.name) else { return false }
            return sinks.count > 1 || sources.count > 1 || sinks.contains { $0.presence == .request }
        }
    }

    @Test("Every installed element with several pads is linked as GStreamer links it")
    func everyElement() async throws {
        try GStreamer.initialize()
        var compared = 0
        var linked = 0
        var refused: [String: [String]] = [:]
        for factory in Self.manifold {
            for input in Self.inputs {
                let end = factory.hasSource ? " ! fakesink" : ""
                let chain = factory.hasSink ? "\(input) ! \(factory.name)\(end)" : "\(factory.name)\(end)"
                let theirs = Self.isLinkedByGStreamer(chain)
                // With a tap of its own, so that none is put into the chain.
                let ours = try problems("videotestsrc ! streamtap \(chain)")
                if theirs, !ours.isEmpty { refused[chain] = ours }
                #expect(theirs || !ours.isEmpty, "\(chain): GStreamer cannot link it")
                compared += 1
                linked += theirs ? 1 : 0
                if !factory.hasSink { break }
            }
        }
        #expect(compared > 200 && linked > 100)
        // Where properties make a link impossible that GStreamer's parser makes, playing would fail.
        for (chain, problems) in refused {
            #expect(try await Self.playedByGStreamer(chain) != .ended, "\(chain): \(problems)")
        }
        #expect(refused.count < linked / 20)
    }

    @Test("What gst-launch plays with one picture's source, plays")
    func played() async throws {
        try GStreamer.initialize()
        let chains = Self.manifold.filter { $0.hasSink && $0.hasSource }.map {
            "\(Self.inputs[0]) ! \($0.name) ! fakesink"
        }
        .filter { Self.isLinkedByGStreamer($0) }
        #expect(chains.count > 30)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = chains[...]
            func startNext() {
                guard let chain = waiting.popFirst() else { return }
                group.addTask {
                    let theirs = try await Self.playedByGStreamer(chain)
                    // What waits for its second input cannot be stopped without its process.
                    guard theirs != .waits else { return }
                    let ours = try await Self.played("videotestsrc num-buffers=3 ! streamtap \(chain)")
                    #expect((theirs == .ended) == (ours == .ended), "\(chain)")
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

    private enum Play { case ended, failed, waits }

    private static func playedByGStreamer(_ line: String) async throws -> Play {
        let gst = try ChildProcess("/bin/sh", ["-c", "exec timeout 2 gst-launch-1.0 -q \(line)"])
        return switch try await gst.ended() {
        case .status(0): .ended
        case .status(124): .waits
        default: .failed
        }
    }

    private static func played(_ line: String) async throws -> Play {
        guard let run = try? Run(line) else { return .failed }
        let deadline = ContinuousClock.now + .seconds(2)
        while run.ending == nil, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        guard let ending = run.ending else {
            try await run.stop()
            return .waits
        }
        return ending.reason == .endOfStream ? .ended : .failed
    }

    private static func isLinkedByGStreamer(_ line: String) -> Bool {
        var failure: UnsafeMutablePointer<GError>?
        let pipeline = gst_parse_launch(line, &failure)
        defer { g_clear_error(&failure) }
        if let pipeline { gst_object_unref(gst_object_ref_sink(pipeline)) }
        return pipeline != nil && failure == nil
    }
}
