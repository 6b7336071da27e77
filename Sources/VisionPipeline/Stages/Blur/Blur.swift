import Plans
import WorkerLink

/// A gaussian blur of brightness and colours. Works on samples as they are, in either range.
struct Blur: Stage {
    static let description = StageDescription(
        name: "blur", summary: "Softens the picture with a gaussian.",
        options: [
            StageOptionDescription(
                name: "kernel", type: "integer", default: .integer(5), minimum: 1, maximum: 21, step: 2,
                summary: "Width of the gaussian in pixels; 1 leaves the picture as it is.")
        ])

    private let size: Int
    private let filters: Filters
    private let pool = FramePool()

    /// The row buffers, which a copy of the stage shares: a stage runs on one thread at a time.
    private final class Filters {
        var luma: GaussianBlur
        var chroma: GaussianBlur

        init(luma: GaussianKernel, chroma: GaussianKernel) {
            self.luma = GaussianBlur(luma)
            self.chroma = GaussianBlur(chroma)
        }
    }

    init(options: StageOptions) {
        size = options.integer("kernel") ?? 5
        filters = Filters(luma: GaussianKernel(size: size), chroma: GaussianKernel(size: Self.chromaSize(size)))
    }

    /// Chroma has half the samples a side: half the kernel is the same width in the picture. Odd, rounded up.
    static func chromaSize(_ size: Int) -> Int { size / 2 | 1 }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "blur") }
        guard size > 1 else { return frame }
        return frame.withPlanes { planes in
            pool.frame(from: frame) { target in
                filters.luma.apply(planes[0], to: target[0])
                switch frame.format {
                case .i420:
                    filters.chroma.apply(planes[1], to: target[1])
                    filters.chroma.apply(planes[2], to: target[2])
                case .nv12:
                    filters.chroma.apply(planes[1], to: target[1], channels: 2)
                case .gray8, .jpeg:
                    break
                }
            }
        }
    }
}
