import Plans
import WorkerLink

/// Grows or shrinks bright areas of the luma plane. Works on samples as they are, in either range.
struct MorphologyStage: Stage {
    static let description = StageDescription(
        name: "morphology", summary: "Grows or shrinks bright areas: removes specks, closes gaps.", oneAtATime: nil,
        options: [
            .choice(
                name: "operation", default: Operation.open,
                summary: "open removes bright specks, close fills dark gaps; erode shrinks bright areas, dilate "
                    + "grows them."),
            StageOptionDescription(
                name: "kernel", type: .integer, default: .integer(3), minimum: 1, maximum: 31, step: 2,
                summary: "Side of the square around a pixel."),
            StageOptionDescription(
                name: "repeat", type: .integer, default: .integer(1), minimum: 1, maximum: 10,
                summary: "How often each step is done."),
        ])

    private enum Operation: String, CaseIterable {
        case open, close, erode, dilate
    }

    private let steps: [MinMaxFilter.Extreme]
    private let window: Int
    private let filter = MinMaxFilter()
    private let between = Between()
    private let pool = FramePool()

    /// What the first of two steps makes. A copy of the stage shares it: a stage runs on one thread at a time.
    private final class Between {
        var memory = ScratchMemory()
    }

    init(options: StageOptions) {
        steps =
            switch options.choice("operation") ?? Operation.open {
            case .open: [.minimum, .maximum]
            case .close: [.maximum, .minimum]
            case .erode: [.minimum]
            case .dilate: [.maximum]
            }
        // n times a square of side k is once a square of side n(k − 1) + 1.
        window = (options.integer("repeat") ?? 1) * ((options.integer("kernel") ?? 3) - 1) + 1
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard let gray = frame.luma else { throw StageError.format(frame.format, in: "morphology") }
        guard window > 1 else { return gray }
        return gray.withPlanes { planes in
            pool.frame(from: gray) { target in
                guard steps.count == 2 else {
                    return filter.apply(steps[0], window: window, from: planes[0], to: target[0])
                }
                let between = between.memory.plane(width: planes[0].width, height: planes[0].height)
                filter.apply(steps[0], window: window, from: planes[0], to: between)
                filter.apply(steps[1], window: window, from: between.readOnly, to: target[0])
            }
        }
    }
}
