/// The planes of one frame, at most three, held in place: making and passing them allocates nothing.
public struct Planes: RandomAccessCollection, ExpressibleByArrayLiteral {
    private var storage: InlineArray<3, Plane>
    /// How many planes there are: as many as the frame's format has.
    public let count: Int

    /// Takes the first three of `planes`.
    public init(_ planes: some Sequence<Plane>) {
        var storage = InlineArray<3, Plane>(repeating: .empty)
        var count = 0
        for plane in planes.prefix(3) {
            storage[count] = plane
            count += 1
        }
        self.storage = storage
        self.count = count
    }

    /// Takes the first three of `planes`.
    public init(arrayLiteral planes: Plane...) {
        self.init(planes)
    }

    /// One plane: gray, or a JPEG's bytes.
    public init(_ plane: Plane) {
        storage = [plane, .empty, .empty]
        count = 1
    }

    /// Luma and interleaved UV.
    public init(_ luma: Plane, _ chroma: Plane) {
        storage = [luma, chroma, .empty]
        count = 2
    }

    /// Y, U and V.
    public init(_ luma: Plane, _ u: Plane, _ v: Plane) {
        storage = [luma, u, v]
        count = 3
    }

    /// 0: luma.
    public var startIndex: Int { 0 }
    /// How many planes there are.
    public var endIndex: Int { count }

    /// The plane at `index`; one without samples where the format has none.
    public subscript(index: Int) -> Plane {
        storage.indices.contains(index) ? storage[index] : .empty
    }
}
