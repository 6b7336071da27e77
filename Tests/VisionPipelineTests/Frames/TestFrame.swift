@testable import VisionPipeline

/// Memory of a test frame's planes.
final class TestPixels {
    let memory: UnsafeMutablePointer<UInt8>
    let count: Int

    init(count: Int, repeating value: UInt8) {
        self.count = count
        memory = .allocate(capacity: max(count, 1))
        memory.update(repeating: value, count: max(count, 1))
    }

    deinit { memory.deallocate() }
}

enum TestFrame {
    /// A frame whose samples come from `sample(plane, x, y)`, `x` in bytes; rows are `padding` bytes longer than they
    /// need to be, filled with 0xAA, and so is the room behind the last plane.
    static func make(
        _ format: PixelFormat, width: Int, height: Int, colorimetry: Colorimetry = .jpeg, padding: Int = 0,
        sequence: UInt64 = 1, captured: Int64 = 0, isDamaged: Bool = false,
        detections: [Detection]? = nil, sample: (_ plane: Int, _ x: Int, _ y: Int) -> UInt8
    ) -> Frame {
        let sizes = (0..<format.planeCount).map { format.planeSize($0, width: width, height: height) }
        let pixels = TestPixels(count: sizes.reduce(64) { $0 + ($1.width + padding) * $1.height }, repeating: 0xAA)
        var offset = 0
        var planes: [Plane] = []
        for (index, size) in sizes.enumerated() {
            let stride = size.width + padding
            let base = pixels.memory + offset
            for y in 0..<size.height {
                for x in 0..<size.width { base[y * stride + x] = sample(index, x, y) }
            }
            planes.append(Plane(base: UnsafeRawPointer(base), stride: stride, width: size.width, height: size.height))
            offset += stride * size.height
        }
        return Frame(
            format: format, width: width, height: height,
            attributes: FrameAttributes(
                colorimetry: colorimetry, sequence: sequence, captured: captured, time: captured, isDamaged: isDamaged,
                detections: detections),
            planes: Planes(planes), owner: pixels)
    }

    static func gray(width: Int = 64, height: Int = 48, value: UInt8 = 128, sequence: UInt64 = 1) -> Frame {
        make(.gray8, width: width, height: height, sequence: sequence) { _, _, _ in value }
    }

    /// A frame of one complete JPEG.
    static func jpeg(_ bytes: [UInt8], width: Int, height: Int) -> Frame {
        let pixels = TestPixels(count: bytes.count, repeating: 0)
        for (index, byte) in bytes.enumerated() { pixels.memory[index] = byte }
        let plane = Plane(base: UnsafeRawPointer(pixels.memory), stride: bytes.count, width: bytes.count, height: 1)
        return Frame(
            format: .jpeg, width: width, height: height, attributes: FrameAttributes(),
            planes: Planes(plane), owner: pixels)
    }
}
