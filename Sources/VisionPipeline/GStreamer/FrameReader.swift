internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// Makes frames of the samples of one outlet, of whatever their caps say that they are. Confined to the outlet's streaming thread.
struct FrameReader {
    /// How an outlet's timestamps become capture times; set before PLAYING.
    var clock = CaptureClock()

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
    /// Counts the sources that were built anew: no time of one says anything of another's.
    private(set) var epoch: Int
    /// The caps of the sample before; a reference is held, so that the address cannot come again as other caps.
    private var caps: UnsafeMutablePointer<GstCaps>?
    private var content = Content.unknown
    private var jpegs = JPEGReader()

    /// - Parameters:
    ///   - sequence: frames that came before through the same point of the plan.
    ///   - epoch: the number of the attempt.
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
        case .raw(nil): "raw video in a format that needs videoconvert"
        case .raw, .jpeg, .unknown: nil
        }
    }

    /// - Parameter sample: borrowed; a frame keeps the buffer, never the sample.
    /// - Returns: nil for what is broken, or larger than allowed.
    mutating func read(_ sample: OpaquePointer, arrival: Int64) -> Frame? {
        guard let buffer = gst_sample_get_buffer(sample), let newCaps = gst_sample_get_caps(sample) else { return nil }
        if newCaps != caps {
            close()
            caps = gst_caps_ref(newCaps)
            content = Self.content(newCaps)
        }
        let pts = buffer.pointee.pts
        let runningTime: UInt64? =
            if pts != .max, let segment = gst_sample_get_segment(sample), segment.pointee.format == GST_FORMAT_TIME {
                UInt64(gst_segment_to_running_time(segment, GST_FORMAT_TIME, pts))
            } else {
                nil
            }
        let timestamp = runningTime == .max ? nil : runningTime
        let known = timestamp.flatMap { metadata?.entry(at: $0) }
        let captured = known?.captured ?? clock.captured(at: timestamp, arrival: arrival)
        // At most one buffer of a small pool is held; what comes meanwhile is copied out.
        let isScarce = buffer.isFromSmallPool
        let copies = isScarce && outstanding.value.load(ordering: .relaxed) > 0
        let lease = isScarce && !copies ? BufferLease(outstanding) : nil
        let frame =
            switch content {
            case .raw: rawFrame(buffer, captured, timestamp, copies: copies, lease)
            case .jpeg(let aspect): jpegFrame(buffer, aspect, captured, timestamp, copies: copies, lease)
            case .other, .unknown: nil as Frame?
            }
        guard keepsPlaces, let frame,
            let found = known?.detections(width: frame.width, height: frame.height, pixelAspect: frame.pixelAspect)
        else { return frame }
        return frame.with(detections: found)
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
        default: .other(type)
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
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ captured: Int64, _ timestamp: UInt64?, copies: Bool,
        _ lease: BufferLease?
    ) -> Frame? {
        guard var video, limit.allows(width: video.width, height: video.height),
            let mapped = MappedVideo(buffer, &video, lease: lease), var planes = mapped.planes(video.format)
        else { return nil }
        var owner: AnyObject = mapped
        if copies {
            let block = PlaneBlock(copying: planes)
            planes = block.planes
            owner = block
        }
        sequence += 1
        return Frame(
            format: video.format, width: video.width, height: video.height,
            attributes: FrameAttributes(
                colorimetry: video.colorimetry, sequence: sequence, captured: captured, timestamp: timestamp,
                epoch: epoch, isInterlaced: video.isInterlaced(buffer), pixelAspect: video.pixelAspect,
                orientation: orientation.ofPixels),
            planes: planes, owner: owner)
    }

    private mutating func jpegFrame(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ aspect: PixelAspect?, _ captured: Int64, _ timestamp: UInt64?,
        copies: Bool, _ lease: BufferLease?
    ) -> Frame? {
        guard let mapped = MappedBytes(buffer, lease: lease), mapped.bytes.count <= limit.bytes,
            let picture = jpegs.structure(of: mapped.bytes), limit.allows(picture),
            let base = mapped.bytes.baseAddress
        else { return nil }
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
        return Frame(
            format: .jpeg, width: picture.width, height: picture.height,
            attributes: FrameAttributes(
                sequence: sequence, captured: captured, timestamp: timestamp, epoch: epoch,
                pixelAspect: Self.pixelAspect(of: picture, aspect), orientation: orientation),
            planes: Planes(plane), owner: owner)
    }

    /// A container's word, or a parser's; else JFIF's.
    private static func pixelAspect(of picture: JPEGStructure, _ said: PixelAspect?) -> PixelAspect {
        if let said, !said.isSquare { return said }
        return picture.pixelAspect.map { PixelAspect($0.width, $0.height) } ?? .square
    }
}

extension UnsafeMutablePointer<GstBuffer> {
    /// Whether the buffer belongs to a pool that does not grow: a V4L2 device's, or some hardware's.
    fileprivate var isFromSmallPool: Bool {
        guard let pool = pointee.pool else { return false }
        let type = pool.withMemoryRebound(to: GTypeInstance.self, capacity: 1) { $0.pointee.g_class.pointee.g_type }
        return type != gst_buffer_pool_get_type() && type != gst_video_buffer_pool_get_type()
    }
}
