import CKernels
import Plans
import WorkerLink

/// Black and white: what is brighter than a level, or than its surroundings, becomes white.
struct ThresholdStage: Stage {
    static let description = StageDescription(
        name: "threshold", summary: "Makes bright pixels white and the others black.", input: .fullRangeLuma,
        oneAtATime: nil,
        options: [
            .choice(
                name: "method", default: Method.binary,
                summary: "What a pixel is compared with: a fixed level, the level that parts the picture best, "
                    + "or the weighted or plain mean around it."),
            StageOptionDescription(
                name: "value", type: .integer, default: .integer(127), minimum: 0, maximum: 255,
                summary: "binary: pixels above it become white."),
            StageOptionDescription(
                name: "block", type: .integer, default: .integer(15), minimum: 3, maximum: 101, step: 2,
                summary: "adaptive: side of the square around a pixel."),
            StageOptionDescription(
                name: "c", type: .number, default: .number(3), minimum: -255, maximum: 255,
                summary: "adaptive: how far below the mean a pixel may be and still become white."),
            StageOptionDescription(
                name: "invert", type: .boolean, default: .boolean(false), summary: "Exchanges black and white."),
        ])

    private enum Method: String, CaseIterable {
        case binary, otsu
        case adaptiveGaussian = "adaptive-gaussian"
        case adaptiveMean = "adaptive-mean"
    }

    /// What a pixel is compared with.
    private enum Level {
        case fixed(UInt8)
        case otsu(Histogram)
        case gaussian(GaussianMean)
        case mean(BoxMean, window: Int)
    }

    private let level: Level
    private let offset: Int16
    /// What becomes of bright and of dark pixels.
    private let (high, low): (UInt8, UInt8)
    private let pool = FramePool()

    init(options: StageOptions) {
        let block = options.integer("block") ?? 15
        level =
            switch options.choice("method") ?? Method.binary {
            case .binary: .fixed(UInt8(clamping: options.integer("value") ?? 127))
            case .otsu: .otsu(Histogram())
            case .adaptiveGaussian: .gaussian(GaussianMean(window: block))
            case .adaptiveMean: .mean(BoxMean(), window: block)
            }
        offset = Int16(min(max((options.number("c") ?? 3).rounded(.up), -255), 255))
        (high, low) = options.boolean("invert") == true ? (0, 255) : (255, 0)
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "threshold") }
        return frame.withPlanes { planes in
            pool.frame(from: frame, format: .gray8) { target in
                let (luma, target) = (planes[0], target[0])
                switch level {
                case .fixed(let level):
                    compare(luma, with: level, into: target)
                case .otsu(let histogram):
                    histogram.count(luma)
                    compare(luma, with: histogram.otsuLevel, into: target)
                case .gaussian(let mean):
                    mean.forEachRow(of: luma, border: .repeated) { y, means in
                        compare(luma, row: y, with: means, into: target)
                    }
                case .mean(let mean, let window):
                    mean.forEachRow(of: luma, window: window, border: .repeated) { y, means in
                        compare(luma, row: y, with: means, into: target)
                    }
                }
            }
        }
    }

    private func compare(_ luma: Plane, with level: UInt8, into target: MutablePlane) {
        for y in 0..<luma.height {
            kernel_threshold(luma.row(y), level, high, low, target.row(y), luma.width)
        }
    }

    private func compare(_ luma: Plane, row y: Int, with means: Samples, into target: MutablePlane) {
        Rows.threshold(
            luma.row(y), above: means, less: offset, high: high, low: low, into: target.row(y), count: luma.width)
    }
}
