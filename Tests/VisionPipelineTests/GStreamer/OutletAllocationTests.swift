import CAllocations
import CGStreamer
import Dispatch
import Testing
import WorkerLink

@testable import VisionPipeline

/// From an appsink's sample to a tap that nobody watches, on the streaming thread.
struct OutletAllocationTests {
    /// Where code is not optimized, going through an array asks for something too.
    @Test("a frame asks for nothing but itself", arguments: [false, true])
    func frames(hasMeta: Bool) throws {
        let format = try MappedVideoTests.format()
        let caps = try #require(gst_caps_from_string(MappedVideoTests.caps))
        defer { gst_caps_unref(caps) }
        let buffer =
            hasMeta
            ? try MappedVideoTests.buffer(.init("as caps imply it"))
            : try #require(gst_buffer_new_allocate(nil, format.info.size, nil))
        buffer.pointee.pts = 1_000_000
        var segment = GstSegment()
        gst_segment_init(&segment, GST_FORMAT_TIME)
        let sample = try #require(gst_sample_new(buffer, caps, &segment, nil))
        gst_buffer_unref(buffer)
        defer { gst_sample_unref(sample) }
        let queue = try #require(gst_element_factory_make("queue", nil))
        let sink = try #require(gst_element_factory_make("appsink", nil))
        defer { for element in [queue, sink] { gst_object_unref(element) } }
        let tap = StreamTap(
            id: "tap", attachPoint: "node", index: 0, defaults: .asIs, fps: nil, encoders: EncoderPool(threads: 1))
        let outlet = FrameOutlet(
            nodeID: "node", receiver: StageTree(receivers: [tap]), queue: queue, sink: sink, limit: PictureLimit(),
            onPreroll: DispatchSemaphore(value: 0))
        outlet.configure(isLive: true, baseTime: 0)
        for _ in 0..<100 { outlet.receive(sample) }
        let before = (thread_allocations(), thread_large_allocations())
        for _ in 0..<100 { outlet.receive(sample) }
        let asked = (thread_allocations() - before.0, thread_large_allocations() - before.1)
        outlet.close(isLast: true)
        #expect(tap.progress.frames == 200)
        #expect(asked.1 == 0)
        #if !DEBUG
        #expect(asked.0 <= 100, "a frame: \(Double(asked.0) / 100)")
        #else
        #expect(asked.0 <= 200, "a frame: \(Double(asked.0) / 100)")
        #endif
    }
}
