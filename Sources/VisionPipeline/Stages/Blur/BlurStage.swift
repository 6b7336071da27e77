import Plans
import WorkerLink

/// Softens brightness and colours. Works on samples as they are, in either range.
struct BlurStage: Stage {
    static let description = StageDescription(
        name: "blur", summary: "Softens the picture.", oneAtATime: nil,
        options: [
            .choice(
                name: "method", default: Method.gaussian,
                summary: "The weighted mean of the pixels around, their plain mean, or the middle one of them, which "
                    + "removes specks and keeps edges."),
            StageOptionDescription(
                name: "kernel", type: .integer, default: .integer(5), minimum: 1, maximum: 21, step: 2,
                summary: "Side of the square around a pixel; 1 leaves the picture as it is."),
        ])

    private enum Method: String, CaseIterable {
        case gaussian, box, median
    }

    private let size: Int
    private let filter: Filter
    private let pool = FramePool()

    private enum Filter {
        case gaussian(Gaussians)
        case box(BoxMean)
        case median(MedianFilter)
    }

    /// The row buffers, which a copy of the stage shares: a stage runs on one thread at a time.
    private final class Gaussians {
        var luma: GaussianBlur
        var chroma: GaussianBlur

        init(luma: GaussianKernel, chroma: GaussianKernel) {
            self.luma = GaussianBlur(luma)
            self.chroma = GaussianBlur(chroma)
        }
    }

    init(options: StageOptions) {
        size = options.integer("kernel") ?? 5
        filter =
            switch options.choice("method") ?? Method.gaussian {
            case .box: .box(BoxMean())
            case .median: .median(MedianFilter())
            case .gaussian:
                .gaussian(
                    Gaussians(luma: GaussianKernel(size: size), chroma: GaussianKernel(size: Self.chromaSize(size))))
            }
    }

    /// Chroma has half the samples a side: half the kernel is the same width in the picture. Odd, rounded up.
    static func chromaSize(_ size: Int) -> Int { size / 2 | 1 }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "blur") }
        guard size > 1 else { return frame }
        return frame.withPlanes { planes in
            pool.frame(from: frame) { target in
                for index in 0..<planes.count {
                    apply(to: planes[index], target[index], isLuma: index == 0, frame.format.channels(index))
                }
            }
        }
    }

    private func apply(to source: Plane, _ target: MutablePlane, isLuma: Bool, _ channels: Int) {
        let window = isLuma ? size : Self.chromaSize(size)
        switch filter {
        case .gaussian(let filters):
            if isLuma {
                filters.luma.apply(source, to: target)
            } else {
                filters.chroma.apply(source, to: target, channels: channels)
            }
        case .box(let mean):
            mean.forEachRow(of: source, window: window, border: .mirrored, channels: channels) { y, means in
                target.row(y).update(from: means, count: target.width)
            }
        case .median(let filter):
            filter.apply(source, window: window, to: target, channels: channels)
        }
    }
}
