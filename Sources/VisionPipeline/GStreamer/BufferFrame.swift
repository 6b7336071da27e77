/// A frame of raw video over the GStreamer buffer that it came in: both in one piece of memory, since there is one for each frame of
/// each camera.
final class BufferFrame: Frame, @unchecked Sendable {  // the map is read-only, and touched again only when it goes
    private let mapped: MappedVideo

    /// - Parameters:
    ///   - format: what the planes are; it also says how large the picture is.
    ///   - planes: of `mapped`.
    init(_ format: VideoFormat, _ attributes: FrameAttributes, _ planes: Planes, holding mapped: consuming MappedVideo)
    {
        self.mapped = mapped
        super.init(
            format: format.format, width: format.width, height: format.height, attributes: attributes, planes: planes,
            owner: nil, isRenewable: false)
    }
}
