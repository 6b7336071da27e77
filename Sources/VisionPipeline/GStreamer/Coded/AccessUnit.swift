internal import CGStreamer
internal import WorkerLink

/// One picture of a coded video with all that belongs to it: an access unit (H.264, 7.4.1.2.3; H.265, 7.4.2.4.4) in the byte stream
/// format of Annex B, with the parameter sets before each keyframe.
final class AccessUnit: LoggedUnit, @unchecked Sendable {  // the buffer is held, and never written to
    private let buffer: UnsafeMutablePointer<GstBuffer>
    let caps: StreamCaps
    let coding: VideoCoding
    /// When it is to be shown: running time, nanoseconds, negative before its segment's beginning; nil where nothing is said.
    let shown: Int64?
    /// When it came: CLOCK_MONOTONIC, nanoseconds.
    let arrival: Int64
    /// When its picture was captured, on the same clock.
    let captured: Int64
    /// Nothing before it is needed to decode it.
    let isKey: Bool
    /// How many pictures of its video are decoded before one that is shown earlier; nil while nobody can tell.
    let reorderDepth: Int?
    /// Pixels, as the caps have it; 0 where they do not.
    let width: Int
    let height: Int
    /// How its rows lie.
    let orientation: Orientation
    let byteCount: Int

    /// - Parameter buffer: borrowed; another reference is taken.
    init(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ stream: CodedStream, shown: Int64?, arrival: Int64,
        captured: Int64,
        orientation: Orientation, reorderDepth: Int? = nil
    ) {
        self.buffer = gst_buffer_ref(buffer)
        caps = stream.caps
        coding = stream.coding
        (width, height) = (stream.width, stream.height)
        self.shown = shown
        self.arrival = arrival
        self.captured = captured
        self.orientation = orientation
        self.reorderDepth = reorderDepth
        isKey = buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_DELTA_UNIT.rawValue == 0
        byteCount = Int(clamping: gst_buffer_get_size(buffer))
    }

    /// As `arrival`.
    var time: Int64 { arrival }

    /// The same with other bytes; nil where there is no memory.
    private init?(_ unit: AccessUnit, bytes: [UInt8]) {
        guard let other = gst_buffer_new_allocate(nil, gsize(bytes.count), nil) else { return nil }
        _ = bytes.withUnsafeBytes { gst_buffer_fill(other, 0, $0.baseAddress, gsize($0.count)) }
        buffer = other
        (caps, coding, shown, arrival, captured) = (unit.caps, unit.coding, unit.shown, unit.arrival, unit.captured)
        (isKey, width, height, orientation) = (unit.isKey, unit.width, unit.height, unit.orientation)
        reorderDepth = unit.reorderDepth
        byteCount = bytes.count
    }

    /// The same, saying that pictures are shown in the order in which they are decoded; itself where it says so, or nobody can tell.
    var inOrder: AccessUnit {
        guard isKey, coding == .h264, let bytes = withBytes(H264ReorderLimit.accessUnit) ?? nil else { return self }
        return AccessUnit(self, bytes: bytes) ?? self
    }

    deinit { gst_buffer_unref(buffer) }

    /// Reads its bytes; they are valid inside `body` only.
    ///
    /// - Returns: nil where they cannot be read.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return nil }
        defer { gst_buffer_unmap(buffer, &map) }
        return body(UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
    }

    /// Another buffer over the same memory, with the running time for its timestamp; whoever asks owns it.
    ///
    /// - Parameter isContinuous: the unit before it has gone the same way.
    func stamped(isContinuous: Bool) -> UnsafeMutablePointer<GstBuffer>? {
        guard let copy = gst_buffer_copy_region(buffer, Self.copied, 0, gsize.max) else { return nil }
        copy.pointee.pts = shown.flatMap { $0 < 0 ? nil : GstClockTime($0) } ?? .max
        copy.pointee.dts = .max
        if !isContinuous { gst_buffer_set_flags(copy, GST_BUFFER_FLAG_DISCONT) }
        return copy
    }

    /// A macro of gst/gstbuffer.h, which Swift does not import.
    private static let copied = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_META.rawValue | GST_BUFFER_COPY_MEMORY.rawValue)
}

/// What the caps of a coded video say; made once for each caps.
struct CodedStream {
    let caps: StreamCaps
    let coding: VideoCoding
    let width: Int
    let height: Int

    /// - Parameter caps: borrowed.
    /// - Returns: nil for caps of anything else.
    init?(_ caps: UnsafeMutablePointer<GstCaps>) {
        guard let structure = gst_caps_get_structure(caps, 0), let name = gst_structure_get_name(structure),
            let coding = VideoCoding(mediaType: String(cString: name))
        else { return nil }
        var (width, height) = (gint(0), gint(0))
        gst_structure_get_int(structure, "width", &width)
        gst_structure_get_int(structure, "height", &height)
        self.coding = coding
        (self.width, self.height) = (Int(width), Int(height))
        self.caps = StreamCaps(caps)
    }
}
