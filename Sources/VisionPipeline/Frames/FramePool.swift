import Synchronization

/// Makes frames in memory of its own and uses both again, the memory and the frame, once nobody else holds them: a stage
/// that has seen a few frames allocates nothing more.
///
/// Safe to use from any thread. Frames may outlive the pool.
public final class FramePool: Sendable {
    private let entries = Mutex<[Entry]>([])
    private let idleLimit: Int

    /// An empty pool: the first frames allocate.
    ///
    /// - Parameter idleLimit: frames kept that nobody holds; those beyond are freed when the next one is made.
    public init(idleLimit: Int = 4) {
        self.idleLimit = idleLimit
    }

    /// A frame that keeps what is known of `source` and has pixels of its own.
    ///
    /// - Parameters:
    ///   - source: what the new frame is made of.
    ///   - format: the source's where nil; never JPEG.
    ///   - width: pixels; the source's where nil.
    ///   - height: pixels; the source's where nil.
    ///   - colorimetry: the source's where nil.
    ///   - pixelAspect: the source's where nil.
    ///   - fill: writes every sample; the memory holds an older picture.
    /// - Throws: what `fill` throws; the memory is used again then, too.
    public func frame<Failure: Error>(
        from source: Frame, format: PixelFormat? = nil, width: Int? = nil, height: Int? = nil,
        colorimetry: Colorimetry? = nil, pixelAspect: PixelAspect? = nil,
        fill: (MutablePlanes) throws(Failure) -> Void
    ) throws(Failure) -> Frame {
        let format = format ?? source.format
        let (width, height) = (width ?? source.width, height ?? source.height)
        var attributes = source.attributes
        if let colorimetry { attributes.colorimetry = colorimetry }
        if let pixelAspect { attributes.pixelAspect = pixelAspect }
        return try frame(format, width: width, height: height, attributes, fill: fill)
    }

    /// - Throws: what `fill` throws; the memory is used again then, too.
    func frame<Failure: Error>(
        _ format: PixelFormat, width: Int, height: Int, _ attributes: FrameAttributes,
        fill: (MutablePlanes) throws(Failure) -> Void
    ) throws(Failure) -> Frame {
        let entry =
            entries.withLock { entries in
                Self.take(&entries, format, width, height, keeping: idleLimit) { $0.renew(attributes) }
            } ?? add(format, width, height, attributes)
        try fill(entry.planes)
        return entry.frame
    }

    /// Frames that nobody holds.
    var idleCount: Int {
        entries.withLock { entries in entries.indices.count { entries[$0].isIdle } }
    }

    private struct Entry: @unchecked Sendable {  // its planes are written by who has taken it, alone
        var frame: Frame
        let planes: MutablePlanes

        var isIdle: Bool {
            mutating get { isKnownUniquelyReferenced(&frame) }
        }
    }

    /// One of that kind that nobody holds, made ready under the lock, so that nobody else takes it; the idle ones beyond
    /// the limit are forgotten.
    private static func take(
        _ entries: inout [Entry], _ format: PixelFormat, _ width: Int, _ height: Int, keeping limit: Int,
        _ prepare: (Frame) -> Void
    ) -> Entry? {
        var found: Entry?
        var idle = 0
        var index = entries.count
        while index > 0 {
            index -= 1
            guard entries[index].isIdle else { continue }
            let frame = entries[index].frame
            if found == nil, frame.format == format, (frame.width, frame.height) == (width, height) {
                prepare(frame)
                found = entries[index]
            } else {
                idle += 1
                if idle > limit { entries.remove(at: index) }
            }
        }
        return found
    }

    private func add(
        _ format: PixelFormat, _ width: Int, _ height: Int, _ attributes: FrameAttributes
    ) -> Entry {
        let memory = PixelMemory(format, width: width, height: height)
        let frame = Frame(
            format: format, width: width, height: height, attributes: attributes, planes: memory.planes.readOnly,
            owner: memory, isRenewable: true)
        let entry = Entry(frame: frame, planes: memory.planes)
        entries.withLock { $0.append(entry) }
        return entry
    }
}
