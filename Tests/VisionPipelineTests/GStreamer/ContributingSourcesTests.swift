import CGStreamer
import Testing

@testable import VisionPipeline

/// Packets that name other sources.
struct ContributingSourcesTests {
    private static let payload: [UInt8] = [0x65, 0x88, 0x80, 0x10]

    /// A packet of one camera, with as many names of contributing sources, each a new one.
    private static func packet(_ number: UInt8, contributors: UInt8, payloadType: UInt8 = 96) -> [UInt8] {
        [0x80 | contributors, payloadType, 0, number, 0, 0, 0, number, 1, 2, 3, 4]
            + (0..<contributors).flatMap { [number, $0, 7, 7] } + payload
    }

    @Test("Their names are taken out, and a session never knows of them")
    func taken() throws {
        let session = try Session()
        for number in 0..<20 as Range<UInt8> { session.send(Self.packet(number, contributors: number % 16)) }
        #expect(session.sources == 1)
        // The first few are held until it is sure of the camera.
        #expect(session.passed.suffix(10) == (10..<20).map { Self.packet($0, contributors: 0) })
    }

    @Test("What is cut, and what is no such packet, is left to the session")
    func others() throws {
        let session = try Session()
        for number in 0..<10 as Range<UInt8> { session.send(Self.packet(number, contributors: 0)) }
        let before = session.passed.count
        session.send(Array(Self.packet(10, contributors: 15).prefix(70)))
        session.send([0x8F])
        session.send([])
        #expect(session.passed.count == before && session.sources == 1)
        session.send(Self.packet(11, contributors: 0))
        #expect(session.passed.last == Self.packet(11, contributors: 0))
    }
}

/// GStreamer's own, fed by hand.
private final class Session: @unchecked Sendable {  // the test's thread only
    private let element: UnsafeMutablePointer<GstElement>
    private let sink: UnsafeMutablePointer<GstPad>
    private(set) var sources = 0
    private(set) var passed: [[UInt8]] = []

    init() throws {
        try GStreamer.initialize()
        element = try #require(gst_element_factory_make("rtpsession", nil))
        gst_object_ref_sink(element)
        ContributingSources.install(at: element)
        sink = try #require(gst_element_request_pad_simple(element, "recv_rtp_sink"))
        try #require(element.pad(named: "recv_rtp_src")).probe(.buffers) { [unowned self] info in
            if let buffer = info.buffer { passed.append(buffer.bytes) }
            return .pass
        }
        let handler: @convention(c) (UnsafeMutableRawPointer?, guint, UnsafeMutableRawPointer?) -> Void = {
            if let context = $2 { Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().sources += 1 }
        }
        g_signal_connect_data(
            element, "on-new-ssrc", unsafeBitCast(handler, to: GCallback.self),
            Unmanaged.passUnretained(self).toOpaque(), nil, GConnectFlags(rawValue: 0))
        gst_element_set_state(element, GST_STATE_PAUSED)
        let caps = gst_caps_from_string("application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96")
        defer { gst_caps_unref(caps) }
        var segment = GstSegment()
        gst_segment_init(&segment, GST_FORMAT_TIME)
        gst_pad_send_event(sink, gst_event_new_stream_start("packets"))
        gst_pad_send_event(sink, gst_event_new_caps(caps))
        gst_pad_send_event(sink, gst_event_new_segment(&segment))
    }

    deinit {
        gst_element_set_state(element, GST_STATE_NULL)
        gst_object_unref(sink)
        gst_object_unref(element)
    }

    func send(_ packet: [UInt8]) {
        let buffer = gst_buffer_new_allocate(nil, gsize(packet.count), nil)
        gst_buffer_fill(buffer, 0, packet, gsize(packet.count))
        gst_pad_chain(sink, buffer)
    }
}

extension UnsafeMutablePointer<GstBuffer> {
    fileprivate var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(gst_buffer_get_size(self))) { room, count in
            count = Int(gst_buffer_extract(self, 0, room.baseAddress, gsize(room.count)))
        }
    }
}
