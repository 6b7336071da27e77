internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// Makes frames of the samples of one outlet, of whatever their caps say that they are. Confined to the outlet's streaming thread.
struct FrameReader {
    /// How an outlet's timestamps become times of frames; set before PLAYING.
    var clock = FrameClock()

    /// What crosses the outlet.
    private enum Content {
        /// No caps have come yet.
        case unknown
        /// I420, NV12 or GRAY8 pixels; nil for raw video in other formats.
        case raw(VideoFormat?)
        /// The camera's own JPEG pictures, untouched.
        ///
        /// `pixelAspect` is what the caps say; nil where they say nothing.
        case jpeg(pixelAspect: PixelAspect?)
        /// Access units of a video.
        case coded(CodedStream)
        /// Something that frames are not made of.
        case other(String)
    }

    private let limit: PictureLimit
    /// Behind a stage: what is known of the frames whose pictures come out here.
    private let metadata: FrameMetadataQueue?
    /// What was found somewhere in the picture is there still; else detections end before the elements between.
    private let keepsPlaces: Bool
    private let orientation: StreamOrientation
    private let outstanding = SharedCount()
    /// Of the last frame; goes on when a source is built anew.
    private var sequence: UInt64
    /// Of coded video.
    private var reorder = ReorderDepth()
    /// Where the attempts before came to, and one more: no time of theirs says anything of this one's.
    private let epoch: Int
    /// The last frame that was found again.
    private var carried: FrameMetadataQueue.Entry?
    /// The caps of the sample before; a reference is held, so that the address cannot come again as other caps.
    private var caps: UnsafeMutablePointer<GstCaps>?
    private var content = Content.unknown
    private var jpegs = JPEGReader()
    private var oversized = OversizedPictures()

    /// - Parameters:
    ///   - sequence: frames that came before through the same point of the plan.
    ///   - epoch: of the first frame.
    init(
        limit: PictureLimit, orientation: StreamOrientation, metadata: FrameMetadataQueue? = nil,
        keepsPlaces: Bool = true, sequence: UInt64 = 0, epoch: Int = 0
    ) {
        self.sequence = sequence
        self.epoch = epoch
        self.limit = limit
        self.orientation = orientation
        self.metadata = metadata
        self.keepsPlaces = keepsPlaces
    }

    /// Gives back what is held; the last call.
    mutating func close() {
        if let caps { gst_caps_unref(caps) }
        caps = nil
        content = .unknown
    }

    private var video: VideoFormat? {
        if case .raw(let video) = content { video } else { nil }
    }

    /// The media type of what comes, where it is neither pixels nor JPEG.
    var unsupported: String? {
        switch content {
        case .other(let type): type
        case .coded(let stream): stream.coding.mediaType
        case .raw(nil): "raw video in a format that needs videoconvert"
        case .raw, .jpeg, .unknown: nil
        }
    }

    /// How large its pictures are, where all of them are larger than allowed.
    var excess: CodedSize? { oversized.excess }

    /// - Parameter sample: borrowed; a frame keeps the buffer, never the sample.
    /// - Returns: nil for what is broken, or larger than allowed.
    mutating func read(_ sample: OpaquePointer, arrival: Int64) -> Frame? {
        guard let buffer = gst_sample_get_buffer(sample), let newCaps = gst_sample_get_caps(sample) else { return nil }
        take(newCaps)
        let runningTime = Self.runningTime(of: buffer, in: sample)
        let known = runningTime.flatMap { time in metadata?.entry(at: UInt64(clamping: time)) }
        if let known { carried = known }
        var attributes = attributes(at: runningTime, arrival: arrival)
        if buffer.isDamaged { attributes.isDamaged = true }
        // At most one buffer of a small pool is held; what comes meanwhile is copied out.
        let isScarce = buffer.isFromSmallPool
        let copies = isScarce && outstanding.value.load(ordering: .relaxed) > 0
        let lease = isScarce && !copies ? BufferLease(outstanding) : nil
        let frame =
            switch content {
            case .raw: rawFrame(buffer, attributes, copies: copies, lease)
            case .jpeg(let aspect): jpegFrame(buffer, aspect, attributes, copies: copies, lease)
            case .coded, .other, .unknown: nil as Frame?
            }
        guard keepsPlaces, let frame,
            let found = known?.detections(width: frame.width, height: frame.height, pixelAspect: frame.pixelAspect)
        else { return frame }
        return frame.with(detections: found)
    }

    /// The access unit in a sample of coded video, and the time that a frame of it would have.
    ///
    /// - Parameter sample: borrowed; a unit keeps the buffer, never the sample.
    /// - Returns: nil for anything else.
    mutating func readUnit(_ sample: OpaquePointer, arrival: Int64) -> (unit: AccessUnit, time: Int64, epoch: Int)? {
        guard let buffer = gst_sample_get_buffer(sample), let newCaps = gst_sample_get_caps(sample) else { return nil }
        take(newCaps)
        guard case .coded(let stream) = content else { return nil }
        let runningTime = Self.runningTime(of: buffer, in: sample)
        let attributes = attributes(at: runningTime, arrival: arrival)
        sequence += 1
        reorder.note(runningTime)
        let unit = AccessUnit(
            buffer, stream, shown: runningTime, arrival: arrival, captured: attributes.captured,
            orientation: orientation.ofPixels, reorderDepth: reorder.known)
        return (unit, attributes.time, attributes.epoch &+ epoch)
    }

    private mutating func take(_ newCaps: UnsafeMutablePointer<GstCaps>) {
        guard newCaps != caps else { return }
        close()
        caps = gst_caps_ref(newCaps)
        content = Self.content(newCaps)
    }

    /// Nanoseconds, negative before the segment's beginning; nil where the source gave no timestamp.
    private static func runningTime(of buffer: UnsafeMutablePointer<GstBuffer>, in sample: OpaquePointer) -> Int64? {
        guard buffer.pointee.pts != .max, let segment = gst_sample_get_segment(sample),
            segment.pointee.format == GST_FORMAT_TIME
        else { return nil }
        var time: guint64 = 0
        let sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, buffer.pointee.pts, &time)
        guard sign != 0, let time = Int64(exactly: time) else { return nil }
        return sign < 0 ? -time : time
    }

    /// What is known of a frame before it is looked at; behind a stage that of the frame that went in.
    private mutating func attributes(at time: Int64?, arrival: Int64) -> FrameAttributes {
        guard let carried, let time else {
            let reading = clock.read(time, arrival: arrival)
            return FrameAttributes(captured: reading.captured, time: reading.time, epoch: reading.epoch)
        }
        let known = carried.reading(at: UInt64(clamping: time))
        let reading = clock.read(known.time, arrival: arrival)
        return FrameAttributes(
            captured: min(known.captured, arrival), time: reading.time, epoch: known.epoch &+ reading.epoch,
            isDamaged: carried.isDamaged)
    }

    /// What the caps of the newest sample say; nil for no fixed rate.
    var rate: FrameRate? {
        guard let info = video?.info, info.fps_n > 0, info.fps_d > 0 else { return nil }
        return FrameRate(numerator: info.fps_n, denominator: info.fps_d)
    }

    private static func content(_ caps: UnsafeMutablePointer<GstCaps>) -> Content {
        guard let name = gst_caps_get_structure(caps, 0).flatMap({ gst_structure_get_name($0) }) else {
            return .unknown
        }
        let type = String(cString: name)
        return switch type {
        case "video/x-raw": .raw(VideoFormat(caps))
        case "image/jpeg": .jpeg(pixelAspect: pixelAspect(caps))
        default: CodedStream(caps).map { .coded($0) } ?? .other(type)
        }
    }

    private static func pixelAspect(_ caps: UnsafeMutablePointer<GstCaps>) -> PixelAspect? {
        var (width, height) = (gint(1), gint(1))
        guard let structure = gst_caps_get_structure(caps, 0),
            gst_structure_get_fraction(structure, "pixel-aspect-ratio", &width, &height) != 0
        else { return nil }
        return PixelAspect(Int(width), Int(height))
    }

    private mutating func rawFrame(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ attributes: FrameAttributes, copies: Bool, _ lease: BufferLease?
    ) -> Frame? {
        guard var video, limit.allows(width: video.width, height: video.height),
            let mapped = MappedVideo(buffer, &video, lease: lease), let planes = mapped.planes(video.format)
        else { return nil }
        sequence += 1
        var attributes = attributes
        (attributes.colorimetry, attributes.sequence) = (video.colorimetry, sequence)
        attributes.epoch = attributes.epoch &+ epoch
        attributes.isInterlaced = video.isInterlaced(buffer)
        (attributes.pixelAspect, attributes.orientation) = (video.pixelAspect, orientation.ofPixels)
        guard copies else { return BufferFrame(video, attributes, planes, holding: mapped) }
        let block = PlaneBlock(copying: planes)
        return Frame(
            format: video.format, width: video.width, height: video.height, attributes: attributes,
            planes: block.planes,
            owner: block)
    }

    private mutating func jpegFrame(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ aspect: PixelAspect?, _ attributes: FrameAttributes, copies: Bool,
        _ lease: BufferLease?
    ) -> Frame? {
        guard let mapped = MappedBytes(buffer, lease: lease), mapped.bytes.count <= limit.bytes,
            let picture = jpegs.structure(of: mapped.bytes), let base = mapped.bytes.baseAddress
        else { return nil }
        guard limit.allows(picture.size) else {
            oversized.refuse(picture.size)
            return nil
        }
        oversized.accept()
        guard limit.allows(picture) else { return nil }
        var plane = Plane(
            base: base + picture.bytes.lowerBound, stride: picture.bytes.count, width: picture.bytes.count, height: 1)
        var owner: AnyObject = mapped
        let orientation = orientation.ofPicture(exif: picture.orientation)
        if let completed = picture.completed(mapped.bytes, orientation: orientation.rawValue) {
            owner = completed.withUnsafeBytes { bytes in
                PlaneBlock(
                    copying: bytes.baseAddress.map {
                        Planes(Plane(base: $0, stride: bytes.count, width: bytes.count, height: 1))
                    } ?? Planes(plane))
            }
            plane = Plane(base: plane.base, stride: completed.count, width: completed.count, height: 1)
        } else if copies {
            owner = PlaneBlock(copying: Planes(plane))
        }
        if let block = owner as? PlaneBlock, let copy = block.planes.first { plane.base = copy.base }
        sequence += 1
        var attributes = attributes
        attributes.sequence = sequence
        attributes.epoch = attributes.epoch &+ epoch
        (attributes.pixelAspect, attributes.orientation) = (Self.pixelAspect(of: picture, aspect), orientation)
        return Frame(
            format: .jpeg, width: picture.width, height: picture.height, attributes: attributes, planes: Planes(plane),
            owner: owner)
    }

    /// A container's word, or a parser's; else JFIF's.
    private static func pixelAspect(of picture: JPEGStructure, _ said: PixelAspect?) -> PixelAspect {
        if let said, !said.isSquare { return said }
        return picture.pixelAspect.map { PixelAspect($0.width, $0.height) } ?? .square
    }
}

extension UnsafeMutablePointer<GstBuffer> {
    /// It was decoded with faults in it.
    fileprivate var isDamaged: Bool { pointee.mini_object.flags & GST_BUFFER_FLAG_CORRUPTED.rawValue != 0 }

    /// Whether the buffer belongs to a pool that does not grow: a V4L2 device's, or some hardware's.
    fileprivate var isFromSmallPool: Bool {
        guard let pool = pointee.pool else { return false }
        let type = pool.withMemoryRebound(to: GTypeInstance.self, capacity: 1) { $0.pointee.g_class.pointee.g_type }
        return type != gst_buffer_pool_get_type() && type != gst_video_buffer_pool_get_type()
    }
}
