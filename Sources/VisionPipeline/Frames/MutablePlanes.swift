/// The planes of a frame that is being made, at most three. Valid only inside the closure that they are given to.
public struct MutablePlanes {
    private var storage: InlineArray<3, MutablePlane>
    /// How many planes the frame's format has.
    public let count: Int

    /// Lays out the planes of a picture one behind the other.
    ///
    /// - Parameters:
    ///   - format: of the picture.
    ///   - width: pixels.
    ///   - height: pixels.
    ///   - memory: at least `byteCount(_:width:height:)` bytes, aligned to 64.
    init(_ format: PixelFormat, width: Int, height: Int, in memory: UnsafeMutablePointer<UInt8>) {
        var storage = InlineArray<3, MutablePlane>(
            repeating: MutablePlane(base: memory, stride: 0, width: 0, height: 0))
        var base = memory
        for index in 0..<format.planeCount {
            let size = format.planeSize(index, width: width, height: height)
            let stride = Self.stride(size.width)
            storage[index] = MutablePlane(base: base, stride: stride, width: size.width, height: size.height)
            base += stride * size.height
        }
        self.storage = storage
        count = format.planeCount
    }

    /// The plane at `index`; one without samples where the format has none.
    public subscript(index: Int) -> MutablePlane {
        storage.indices.contains(index)
            ? storage[index] : MutablePlane(base: storage[0].base, stride: 0, width: 0, height: 0)
    }

    /// The same samples, to be read.
    public var readOnly: Planes {
        switch count {
        case 3: Planes(self[0].readOnly, self[1].readOnly, self[2].readOnly)
        case 2: Planes(self[0].readOnly, self[1].readOnly)
        default: Planes(self[0].readOnly)
        }
    }

    /// How much memory the planes of a picture of `width` × `height` pixels take, gaps included.
    static func byteCount(_ format: PixelFormat, width: Int, height: Int) -> Int {
        (0..<format.planeCount).reduce(0) {
            let size = format.planeSize($1, width: width, height: height)
            return $0 + stride(size.width) * size.height
        }
    }

    /// Rows start at multiples of 64 bytes: a cache line, and the widest vector.
    private static func stride(_ width: Int) -> Int { (width + 63) & ~63 }
}
