/// A gaussian over one plane: separable, in fixed point, rounded once at the end, border reflected without repeating
/// the edge sample (…2 1 | 0 1 2…). Keeps its row buffers; confined to one chain.
///
/// Rows are filtered across into a ring of as many rows as the kernel is high, then down the ring, all in 16-bit lanes.
struct GaussianBlur: ~Copyable {
    private let kernel: GaussianKernel
    private var border = ScratchMemory()
    private var ring = ScratchMemory()
    private var narrow = ScratchMemory()

    init(_ kernel: GaussianKernel) {
        self.kernel = kernel
    }

    /// - Parameters:
    ///   - target: of the same size, in other memory.
    ///   - channels: interleaved samples a pixel: 1, or 2 for UV.
    mutating func apply(_ source: Plane, to target: MutablePlane, channels: Int = 1) {
        let (width, height) = (min(source.width, target.width), min(source.height, target.height))
        guard width >= channels, height > 0 else { return }
        let radius = kernel.radius
        guard radius > 0 else {
            for y in 0..<height {
                (target.base + y * target.stride).update(from: source.samples + y * source.stride, count: width)
            }
            return
        }
        let size = 2 * radius + 1
        let padded = border.bytes(width + 2 * radius * channels + SampleVector.size)
        // Each ring row begins at a vector's boundary.
        let rowStride = (width + 31) & ~31
        let ringBytes = ring.bytes(size * rowStride * 2)
        let narrow = narrow.bytes(SampleVector.size)
        ringBytes.withMemoryRebound(to: UInt16.self, capacity: size * rowStride) { ring in
            let row = GaussianRow(kernel: kernel, width: width, channels: channels, rowStride: rowStride)
            var filtered = 0
            for y in 0..<height {
                // The rows that this one needs and that are not in the ring yet.
                while filtered <= min(y + radius, height - 1) {
                    row.pad(source.samples + filtered * source.stride, into: padded)
                    row.across(padded + radius * channels, into: ring + (filtered % size) * rowStride)
                    filtered += 1
                }
                row.down(to: target.base + y * target.stride, narrow: narrow) { offset in
                    UnsafePointer(ring + (reflected(y + offset, height) % size) * rowStride)
                }
            }
        }
    }
}
