import CGStreamer
import Dispatch
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What elements say of the rows in a buffer is held against the buffer.
struct MappedVideoTests {
    /// A buffer's description beside its caps; nil where it has none.
    struct Description: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var format = GST_VIDEO_FORMAT_I420
        var width: UInt32 = 64
        var height: UInt32 = 48
        var offsets: [Int] = [0, 64 * 48, 64 * 48 * 5 / 4]
        var strides: [Int32] = [64, 32, 32]
        /// x, y, width, height.
        var crop: [UInt32]?
        /// Bytes of each memory that the buffer has.
        var memories = [64 * 48 * 3 / 2]
        var isSound = false
        /// In bytes: where the first row of each plane is to lie.
        var places: [Int]?

        init(_ name: String, _ change: (inout Description) -> Void = { _ in }) {
            testDescription = name
            change(&self)
        }
    }

    static let descriptions: [Description] = [
        .init("as caps imply it") { $0.isSound = true },
        .init("padded all around") {
            ($0.width, $0.height) = (128, 96)
            ($0.strides, $0.offsets) = ([160, 80, 80], [480, 16_000, 20_000])
            ($0.memories, $0.isSound) = ([24_000], true)
        },
        .init("a memory a plane, the last row without its gap") {
            $0.memories = [47 * 100 + 64, 23 * 50 + 32, 23 * 50 + 32]
            $0.offsets = [0, $0.memories[0], $0.memories[0] + $0.memories[1]]
            ($0.strides, $0.isSound) = ([100, 50, 50], true)
        },
        .init("a memory a plane, the last row one byte short") {
            $0.memories = [47 * 100 + 63, 23 * 50 + 32, 23 * 50 + 32]
            $0.offsets = [0, $0.memories[0], $0.memories[0] + $0.memories[1]]
            $0.strides = [100, 50, 50]
        },
        .init("a part of a larger picture") {
            ($0.width, $0.height, $0.memories) = (100, 80, [12_000])
            ($0.strides, $0.offsets) = ([100, 50, 50], [0, 8000, 10_000])
            ($0.crop, $0.isSound) = ([10, 6, 64, 48], true)
            $0.places = [610, 8000 + 3 * 50 + 5, 10_000 + 3 * 50 + 5]
        },
        .init("a part that reaches beyond the rows") {
            ($0.width, $0.height, $0.memories) = (100, 80, [12_000])
            ($0.strides, $0.offsets) = ([100, 50, 50], [0, 8000, 10_000])
            $0.crop = [40, 6, 64, 48]
        },
        .init("a part that reaches beyond the memory") {
            ($0.width, $0.height, $0.memories) = (100, 80, [12_000])
            ($0.strides, $0.offsets) = ([100, 50, 50], [0, 8000, 10_000])
            $0.crop = [10, 60, 64, 48]
        },
        .init("a part at the end of the numbers") { $0.crop = [.max, .max, 64, 48] },
        .init("a part of another size") { $0.crop = [0, 0, 32, 24] },
        .init("rows shorter than the picture's") { $0.strides = [63, 32, 32] },
        .init("rows of chroma shorter than the picture's") { $0.strides = [64, 32, 31] },
        .init("rows that go backwards") { $0.strides = [-64, -32, -32] },
        .init("rows of no length") { $0.strides = [0, 0, 0] },
        .init("rows longer than memory") { $0.strides = [.max, .max, .max] },
        .init("chroma behind the end") { $0.offsets[2] = 64 * 48 * 3 / 2 },
        .init("chroma that ends behind the end") { $0.offsets[2] += 1 },
        .init("luma at the end of the numbers") { $0.offsets[0] = .max },
        .init("fewer planes") { ($0.offsets, $0.strides) = ([0], [64]) },
        .init("one plane too many") { ($0.offsets, $0.strides) = ([0, 0, 0, 0], [64, 32, 32, 32]) },
        .init("smaller than the caps") { ($0.width, $0.height) = (32, 24) },
        .init("of another format") { $0.format = GST_VIDEO_FORMAT_YV12 },
        .init("a buffer that is too small") { $0.memories = [64 * 48] },
    ]

    static let caps = "video/x-raw,format=I420,width=64,height=48,framerate=30/1"

    static func format() throws -> VideoFormat {
        try GStreamer.initialize()
        let caps = try #require(gst_caps_from_string(Self.caps))
        defer { gst_caps_unref(caps) }
        return try #require(VideoFormat(caps))
    }

    static func buffer(_ description: Description) throws -> UnsafeMutablePointer<GstBuffer> {
        let buffer = try #require(gst_buffer_new())
        for size in description.memories {
            gst_buffer_append_memory(buffer, gst_allocator_alloc(nil, gsize(size), nil))
        }
        var offsets = description.offsets.map { gsize($0) }
        var strides = description.strides
        _ = gst_buffer_add_video_meta_full(
            buffer, GST_VIDEO_FRAME_FLAG_NONE, description.format, description.width, description.height,
            guint(offsets.count), &offsets, &strides)
        if let crop = description.crop {
            let meta = try #require(gst_buffer_add_meta(buffer, gst_video_crop_meta_get_info(), nil))
            UnsafeMutableRawPointer(meta).withMemoryRebound(to: GstVideoCropMeta.self, capacity: 1) {
                ($0.pointee.x, $0.pointee.y, $0.pointee.width, $0.pointee.height) = (crop[0], crop[1], crop[2], crop[3])
            }
        }
        return buffer
    }

    @Test("planes have the caps' size and lie in the buffer, or there are none", arguments: descriptions)
    func planes(_ description: Description) throws {
        var format = try Self.format()
        let buffer = try Self.buffer(description)
        defer { gst_buffer_unref(buffer) }
        // Of the planes only their places are looked at, so the map may be gone.
        let planes = Self.planes(of: buffer, &format)
        #expect((planes != nil) == description.isSound)
        guard let planes else { return }
        #expect(planes.map(\.width) == [64, 32, 32] && planes.map(\.height) == [48, 24, 24])
        #expect(planes.map { Int32($0.stride) } == description.strides)
        guard let places = description.places else { return }
        #expect(planes.map { $0.base - planes[0].base } == places.map { $0 - places[0] })
    }

    @Test("without a description, the size of the caps is what a buffer must have", arguments: [(0, true), (1, false)])
    func plain(missing: Int, isSound: Bool) throws {
        var format = try Self.format()
        let buffer = try #require(gst_buffer_new_allocate(nil, format.info.size - gsize(missing), nil))
        defer { gst_buffer_unref(buffer) }
        #expect((Self.planes(of: buffer, &format) != nil) == isSound)
    }

    private static func planes(of buffer: UnsafeMutablePointer<GstBuffer>, _ format: inout VideoFormat) -> Planes? {
        guard let mapped = MappedVideo(buffer, &format, lease: nil) else { return nil }
        return mapped.planes(.i420)
    }

    @Test("an outlet refuses what is unsound, counts it, and goes on")
    func outlet() async throws {
        try GStreamer.initialize()
        let pipeline = try #require(
            gst_parse_launch("appsrc name=in ! queue name=q ! appsink name=out async=false", nil))
        defer { gst_object_unref(pipeline) }
        let (input, queue, sink) = try pipeline.withMemoryRebound(to: GstBin.self, capacity: 1) { bin in
            (
                try #require(gst_bin_get_by_name(bin, "in")), try #require(gst_bin_get_by_name(bin, "q")),
                try #require(gst_bin_get_by_name(bin, "out"))
            )
        }
        defer { for element in [input, queue, sink] { gst_object_unref(element) } }
        let outlet = FrameOutlet(
            nodeID: "n", receiver: StageTree(), queue: queue, sink: sink, limit: PictureLimit(),
            onPreroll: DispatchSemaphore(value: 0))
        outlet.configure(isLive: true, baseTime: nil)
        queue.set("leaky", enumeration: 0)
        queue.set("max-size-buffers", UInt32(0))
        gst_element_set_state(pipeline, GST_STATE_PLAYING)
        let source = UnsafeMutableRawPointer(input).assumingMemoryBound(to: GstAppSrc.self)
        let caps = gst_caps_from_string(Self.caps)
        gst_app_src_set_caps(source, caps)
        gst_caps_unref(caps)
        for description in Self.descriptions { gst_app_src_push_buffer(source, try Self.buffer(description)) }
        gst_app_src_end_of_stream(source)
        try await eventually { outlet.progress.hasEnded }
        gst_element_set_state(pipeline, GST_STATE_NULL)
        outlet.close(isLast: true)
        let sound = Self.descriptions.count(where: \.isSound)
        #expect(outlet.progress.frames == UInt64(sound))
        #expect(outlet.progress.decodeErrors == UInt64(Self.descriptions.count - sound))
    }
}
