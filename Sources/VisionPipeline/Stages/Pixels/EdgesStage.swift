import Plans
import WorkerLink

/// Where brightness changes: as lines, or as how much.
struct EdgesStage: Stage {
    static let description = StageDescription(
        name: "edges", summary: "Shows where brightness changes.", input: .fullRangeLuma, oneAtATime: nil,
        options: [
            .choice(
                name: "method", default: Method.canny,
                summary: "canny draws white lines one pixel wide; sobel gives the strength of the change."),
            StageOptionDescription(
                name: "low", type: .integer, default: .integer(50), minimum: 0, maximum: 2040,
                summary: "canny: a line goes on while the slope |dx| + |dy| is above it."),
            StageOptionDescription(
                name: "high", type: .integer, default: .integer(150), minimum: 0, maximum: 2040,
                summary: "canny: a line begins where the slope is above it."),
        ])

    private enum Method: String, CaseIterable {
        case sobel, canny
    }

    private let canny: CannyDetector?
    private let sobel = SobelFilter()
    private let pool = FramePool()

    /// - Throws: `StageError.options` when `low` is above `high`.
    init(options: StageOptions) throws {
        guard options.choice("method") != Method.sobel else {
            canny = nil
            return
        }
        let (low, high) = (options.integer("low") ?? 50, options.integer("high") ?? 150)
        guard low <= high else {
            throw StageError(.options, "low (\(low)) must not be above high (\(high))")
        }
        canny = CannyDetector(low: low, high: high)
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "edges") }
        return frame.withPlanes { planes in
            pool.frame(from: frame, format: .gray8) { target in
                if let canny {
                    canny.apply(planes[0], to: target[0])
                } else {
                    sobel.magnitude(of: planes[0], into: target[0])
                }
            }
        }
    }
}
