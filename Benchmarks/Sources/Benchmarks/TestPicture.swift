import CFloors
import VisionPipeline

/// Memory of a frame's planes.
final class Pixels {
    let memory: UnsafeMutablePointer<UInt8>
    let count: Int

    init(count: Int) {
        self.count = count
        memory = .allocate(capacity: count)
        memory.update(repeating: 128, count: count)
    }

    deinit { memory.deallocate() }
}

/// A picture with what a camera's has: slow gradients, edges in all directions, fine structure, and noise.
enum TestPicture {
    static func gray(width: Int, height: Int, tags: Bool = false) -> Pixels {
        let pixels = Pixels(count: width * height)
        draw(pixels.memory, width: width, height: height)
        if tags {
            for id in 0..<6 {
                floor_apriltag_draw(
                    pixels.memory, Int32(width), Int32(id), Int32(100 + id % 3 * 380), Int32(80 + id / 3 * 320), 12)
            }
        }
        return pixels
    }

    private static func draw(_ samples: UnsafeMutablePointer<UInt8>, width: Int, height: Int) {
        var state: UInt32 = 7
        for y in 0..<height {
            for x in 0..<width {
                var value = 60 + 90 * x / width + 40 * y / height
                if (x / 160 + y / 120) % 5 == 2 { value = 200 - value / 2 }
                let (dx, dy) = (x % 320 - 160, y % 270 - 135)
                if dx * dx + dy * dy < 70 * 70 { value = 40 + (dx + dy) / 4 }
                if (x + 2 * y) % 97 < 5 { value += 45 }
                if y > height * 3 / 4, (x / 6 + y / 6) % 2 == 0 { value -= 60 }
                state = state &* 1_664_525 &+ 1_013_904_223
                // The sum of two is nearer to a sensor's noise than one.
                value += Int(state >> 28) + Int(state >> 20 & 15) - 15
                samples[y * width + x] = UInt8(clamping: value)
            }
        }
    }

    /// A gray frame over those pixels.
    static func frame(_ pixels: Pixels, width: Int, height: Int) -> Frame {
        let plane = Plane(base: UnsafeRawPointer(pixels.memory), stride: width, width: width, height: height)
        return Frame(
            format: .gray8, width: width, height: height, attributes: FrameAttributes(),
            planes: Planes(plane), owner: pixels)
    }

    /// A colour frame with the same luma.
    static func colour(width: Int, height: Int, _ colorimetry: Colorimetry) -> Frame {
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        let pixels = Pixels(count: width * height + 2 * halfWidth * halfHeight)
        draw(pixels.memory, width: width, height: height)
        let u = pixels.memory + width * height
        let v = u + halfWidth * halfHeight
        for y in 0..<halfHeight {
            for x in 0..<halfWidth {
                u[y * halfWidth + x] = UInt8(clamping: 90 + 70 * x / halfWidth)
                v[y * halfWidth + x] = UInt8(clamping: 160 - 60 * y / halfHeight)
            }
        }
        let planes = Planes(
            Plane(base: UnsafeRawPointer(pixels.memory), stride: width, width: width, height: height),
            Plane(base: UnsafeRawPointer(u), stride: halfWidth, width: halfWidth, height: halfHeight),
            Plane(base: UnsafeRawPointer(v), stride: halfWidth, width: halfWidth, height: halfHeight))
        return Frame(
            format: .i420, width: width, height: height, attributes: FrameAttributes(colorimetry: colorimetry),
            planes: planes, owner: pixels)
    }
}
