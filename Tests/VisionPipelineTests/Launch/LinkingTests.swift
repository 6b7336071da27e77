import CGStreamer
import Testing

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

    /// Elements with several pads in a direction, or such as are made when asked for.
    private static var manifold: [ElementFactory] {
        ElementFactory.allNames.sorted().compactMap { ElementFactory(named: $0) }.filter { factory in
            let sinks = factory.pads.filter { !$0.isSource }
            let sources = factory.pads.filter { $0.isSource }
            return sinks.count > 1 || sources.count > 1 || sinks.contains { $0.presence == .request }
        }
    }

    @Test("Every installed element with several pads is linked as GStreamer links it")
    func everyElement() throws {
        try GStreamer.initialize()
        var compared = 0
        var linked = 0
        for factory in Self.manifold {
            for input in Self.inputs {
                let end = factory.hasSource ? " ! fakesink" : ""
                let chain = factory.hasSink ? "\(input) ! \(factory.name)\(end)" : "\(factory.name)\(end)"
                let theirs = Self.isLinkedByGStreamer(chain)
                // With a tap of its own, so that none is put into the chain.
                let ours = try problems("videotestsrc ! streamtap \(chain)")
                #expect(theirs == ours.isEmpty, "\(chain): \(ours)")
                compared += 1
                linked += theirs ? 1 : 0
                if !factory.hasSink { break }
            }
        }
        #expect(compared > 200 && linked > 100)
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

    private static func isLinkedByGStreamer(_ line: String) -> Bool {
        var failure: UnsafeMutablePointer<GError>?
        let pipeline = gst_parse_launch(line, &failure)
        defer { g_clear_error(&failure) }
        if let pipeline { gst_object_unref(gst_object_ref_sink(pipeline)) }
        return pipeline != nil && failure == nil
    }
}
