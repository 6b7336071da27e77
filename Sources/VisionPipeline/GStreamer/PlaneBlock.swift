/// Memory of its own for a frame whose buffer must go back to its pool.
final class PlaneBlock: @unchecked Sendable {  // written in init only
    private let memory: UnsafeMutableRawBufferPointer
    let planes: Planes

    /// Copies planes row by row; strides are rounded up to 32 bytes.
    init(copying source: Planes) {
        let strides = source.map { ($0.width + 31) & ~31 }
        let size = zip(source, strides).reduce(0) { $0 + $1.0.height * $1.1 }
        memory = .allocate(byteCount: max(size, 1), alignment: 32)
        var copies: [Plane] = []
        var offset = 0
        for (plane, stride) in zip(source, strides) {
            guard let base = memory.baseAddress?.advanced(by: offset) else { break }
            for row in 0..<plane.height {
                (base + row * stride).copyMemory(from: plane.base + row * plane.stride, byteCount: plane.width)
            }
            copies.append(Plane(base: UnsafeRawPointer(base), stride: stride, width: plane.width, height: plane.height))
            offset += plane.height * stride
        }
        planes = Planes(copies)
    }

    deinit { memory.deallocate() }
}
