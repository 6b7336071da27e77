import CGStreamer
import Testing

@testable import VisionPipeline

/// What comes while a branch is made anew for it.
struct BranchInletTests {
    /// A branch that takes nothing yet: a live appsrc in PAUSED gives nothing away.
    private final class Place {
        let pipeline: UnsafeMutablePointer<GstElement>
        let source: UnsafeMutablePointer<GstElement>

        init() throws {
            pipeline = try #require(gst_parse_launch("appsrc name=source ! fakesink sync=true", nil))
            source = try #require(
                pipeline.withMemoryRebound(to: GstBin.self, capacity: 1) { gst_bin_get_by_name($0, "source") })
        }

        func open() { gst_element_set_state(pipeline, GST_STATE_PAUSED) }

        deinit {
            gst_element_set_state(pipeline, GST_STATE_NULL)
            gst_object_unref(source)
            gst_object_unref(pipeline)
        }
    }

    @Test("All that waited is for it, however many pictures that are", arguments: [1, 8, 9, 200])
    func backlog(count: Int) throws {
        try GStreamer.initialize()
        let inlet = BranchInlet(isBoundToCaps: true)
        let frames = FrameInlet(inlet)
        func offer(_ width: Int, _ number: Int) {
            let time = Int64(number) * 10_000_000
            frames.offer(
                Frame(
                    format: .gray8, width: width, height: 8,
                    attributes: FrameAttributes(captured: time, time: time)
                ) { $0[0].fill(7) })
        }
        let (first, second) = (try Place(), try Place())
        inlet.attach(first.source, start: BranchStart(), metadata: nil)
        inlet.configure(isLive: true)
        first.open()
        offer(16, 0)
        // Another size: these wait.
        for number in 1...count { offer(8, number) }
        #expect(inlet.takesBuffers)
        inlet.attach(second.source, start: BranchStart(), metadata: nil, isOpen: false)
        inlet.configure(isLive: true)
        second.open()
        inlet.open()
        #expect(second.source.unsignedLong("current-level-buffers") == UInt64(count))
        #expect(inlet.counts.frames == 0 && inlet.dropped == 0)
    }
}
