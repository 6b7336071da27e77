import CKernels

/// A gaussian over one plane: separable, in fixed point, rounded once at the end, border reflected without repeating
/// the edge sample (…2 1 | 0 1 2…). Keeps its row buffers; confined to one chain.
///
/// Rows are filtered across into a ring of as many rows as the kernel is high, then down the ring, all in 16-bit lanes.
struct GaussianBlur: ~Copyable {
    private let kernel: GaussianKernel
    private var border = ScratchMemory()
    private var ring = ScratchMemory()

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
        guard radius > 0 else { return target.copy(source) }
        let size = 2 * radius + 1
        let row = border.bytes(width + 2 * radius * channels) + radius * channels
        // Each ring row begins at a vector's boundary.
        let pitch = (width + 31) & ~31
        let ring = ring.elements(size * pitch, of: UInt16.self)
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt16>.self, capacity: size) { window in
            guard let rows = window.baseAddress else { return }
            var filtered = 0
            for y in 0..<height {
                // The rows that this one needs and that are not in the ring yet.
                while filtered <= min(y + radius, height - 1) {
                    row.update(from: source.row(filtered), count: width)
                    Border.mirrored.extend(row, count: width / channels, reach: radius, channels: channels)
                    kernel_gaussian_across(
                        row, kernel.half, radius, channels, ring + filtered % size * pitch, width)
                    filtered += 1
                }
                for index in 0..<size {
                    let place = reflected(y + index - radius, height) % size
                    window.initializeElement(at: index, to: UnsafePointer(ring + place * pitch))
                }
                kernel_gaussian_down(rows, kernel.half, radius, kernel.bits, target.row(y), width)
            }
        }
    }
}
