import CGStreamer
import Testing
import WorkerLink

@testable import VisionPipeline

/// How many threads a decoder gets.
struct DecoderThreadsTests {
    @Test(
        "pictures up to 720p are one thread's, larger ones and those of unknown size libav's",
        arguments: [
            (1, 1, 1), (640, 360, 1), (1280, 720, 1), (720, 1280, 1), (1280, 736, 1), (1920, 1080, 0), (3840, 2160, 0),
            (0, 0, 0), (-1280, -720, 0), (-1, 720, 0), (.max, .max, 0), (.min, .min, 0),
        ] as [(Int, Int, Int32)])
    func count(width: Int, height: Int, threads: Int32) {
        #expect(DecoderThreads.count(width: width, height: height) == threads)
    }

    @Test("another size is another number, and the plan's own stands")
    func choose() throws {
        try GStreamer.initialize()
        let decoder = try Self.decoder()
        defer { gst_object_unref(decoder) }
        var threads = DecoderThreads()
        for (width, height, count) in [(640, 360, 1), (1920, 1080, 0), (1280, 720, 1), (0, 0, 0)] as [(Int, Int, Int32)]
        {
            threads.choose(for: decoder, width: width, height: height)
            #expect(decoder.integer("max-threads") == count)
        }
        decoder.set("max-threads", Int32(3))
        threads = DecoderThreads()
        threads.choose(for: decoder, width: 640, height: 360)
        #expect(decoder.integer("max-threads") == 3)
    }

    @Test("an element without such threads is left alone")
    func others() throws {
        try GStreamer.initialize()
        let element = try #require(gst_element_factory_make("identity", nil))
        gst_object_ref_sink(element)
        defer { gst_object_unref(element) }
        var threads = DecoderThreads()
        threads.choose(for: element, width: 640, height: 360)
        #expect(element.integer("max-threads") == nil)
    }

    @Test("in a pipeline it is known before the decoder opens", arguments: [(1280, 720, 1), (1920, 1080, 0)])
    func played(width: Int, height: Int, count: Int32) throws {
        try GStreamer.initialize()
        let pipeline = try #require(
            gst_parse_launch(
                "videotestsrc num-buffers=2 ! video/x-raw,width=\(width),height=\(height)"
                    + " ! x264enc speed-preset=ultrafast tune=zerolatency ! h264parse ! avdec_h264 name=decoder ! fakesink",
                nil))
        gst_object_ref_sink(pipeline)
        defer {
            gst_element_set_state(pipeline, GST_STATE_NULL)
            gst_object_unref(pipeline)
        }
        DecoderGuard.install(on: pipeline, limit: PictureLimit(), counting: DecodeCounts())
        gst_element_set_state(pipeline, GST_STATE_PAUSED)
        #expect(gst_element_get_state(pipeline, nil, nil, 20_000_000_000) == GST_STATE_CHANGE_SUCCESS)
        #expect(pipeline.child(named: "decoder")?.integer("max-threads") == count)
    }

    private static func decoder() throws -> UnsafeMutablePointer<GstElement> {
        let decoder = try #require(gst_element_factory_make("avdec_h264", nil))
        gst_object_ref_sink(decoder)
        return decoder
    }
}
