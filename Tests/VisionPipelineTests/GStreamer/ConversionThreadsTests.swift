import CGStreamer
import Testing

@testable import VisionPipeline

/// How many threads a conversion to I420 gets.
struct ConversionThreadsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let format: String
        let size: (width: Int, height: Int)
        let cores: Int
        let threads: Int
        var testDescription: String { "\(format) \(size.width)×\(size.height), \(cores) cores" }
        var caps: String { "video/x-raw,format=\(format),width=\(size.width),height=\(size.height),framerate=30/1" }
    }

    static let cases: [Case] = [
        // What videoconvert has a fast path for, however large.
        Case(format: "NV12", size: (3840, 2160), cores: 8, threads: 1),
        Case(format: "YUY2", size: (1920, 1080), cores: 8, threads: 1),
        Case(format: "I420_10LE", size: (640, 360), cores: 8, threads: 1),
        Case(format: "RGB", size: (640, 480), cores: 8, threads: 1),
        Case(format: "I420_10LE", size: (1280, 720), cores: 8, threads: 2),
        Case(format: "RGB", size: (1280, 720), cores: 8, threads: 2),
        Case(format: "BGRx", size: (1920, 1080), cores: 8, threads: 4),
        Case(format: "P010_10LE", size: (3840, 2160), cores: 8, threads: 4),
        Case(format: "P010_10LE", size: (3840, 2160), cores: 2, threads: 2),
        Case(format: "I420_10LE", size: (3840, 2160), cores: 1, threads: 1),
        // Numbers that no picture has.
        Case(format: "RGB", size: (1, 1), cores: 8, threads: 1),
        Case(format: "RGB", size: (32_767, 32_767), cores: 8, threads: 4),
    ]

    @Test("as many as the work is worth, and no more than cores", arguments: cases)
    func count(_ pictures: Case) throws {
        try GStreamer.initialize()
        let caps = try #require(gst_caps_from_string(pictures.caps))
        defer { gst_caps_unref(caps) }
        #expect(ConversionThreads.count(for: caps, cores: pictures.cores) == pictures.threads)
    }

    @Test("caps that come to a videoconvert decide, each time anew")
    func installed() throws {
        try GStreamer.initialize()
        let convert = try #require(gst_element_factory_make("videoconvert", nil))
        gst_object_ref_sink(convert)
        let pad = try #require(gst_element_get_static_pad(convert, "sink"))
        defer {
            for object in [UnsafeMutableRawPointer(pad), UnsafeMutableRawPointer(convert)] { gst_object_unref(object) }
        }
        ConversionThreads.install(on: convert)
        gst_pad_set_active(pad, 1)
        gst_pad_send_event(pad, gst_event_new_stream_start("stream"))
        for pictures in Self.cases {
            let caps = try #require(gst_caps_from_string(pictures.caps))
            defer { gst_caps_unref(caps) }
            gst_pad_send_event(pad, gst_event_new_caps(caps))
            let count = ConversionThreads.count(for: caps, cores: ConversionThreads.cores)
            #expect(convert.unsigned("n-threads") == UInt32(count), "\(pictures)")
        }
    }
}
