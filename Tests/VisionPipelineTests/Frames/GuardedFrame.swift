#if os(Linux)
import Glibc

@testable import VisionPipeline

/// Planes that each end right before a page that must not be touched: reading one byte too many ends the process.
final class GuardedPlanes {
    private var mappings: [(base: UnsafeMutableRawPointer, length: Int)] = []
    private(set) var planes: [Plane] = []

    init?(_ format: PixelFormat, width: Int, height: Int, sample: (_ plane: Int, _ x: Int, _ y: Int) -> UInt8) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        for index in 0..<format.planeCount {
            let size = format.planeSize(index, width: width, height: height)
            let bytes = size.width * size.height
            let room = (bytes + page - 1) / page * page
            guard
                let base = mmap(nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                base != MAP_FAILED, mprotect(base + room, page, PROT_NONE) == 0
            else { return nil }
            mappings.append((base, room + page))
            let start = base + (room - bytes)
            for y in 0..<size.height {
                for x in 0..<size.width {
                    start.storeBytes(of: sample(index, x, y), toByteOffset: y * size.width + x, as: UInt8.self)
                }
            }
            planes.append(
                Plane(base: UnsafeRawPointer(start), stride: size.width, width: size.width, height: size.height))
        }
    }

    deinit {
        for mapping in mappings { munmap(mapping.base, mapping.length) }
    }

    static func frame(_ format: PixelFormat, width: Int, height: Int, colorimetry: Colorimetry) -> Frame? {
        GuardedPlanes(format, width: width, height: height, sample: BlurTests.noise).map { guarded in
            Frame(
                format: format, width: width, height: height, attributes: FrameAttributes(colorimetry: colorimetry),
                planes: Planes(guarded.planes), owner: guarded)
        }
    }
}
#endif
