import Plans
import WorkerLink

/// Spreads brightness over the whole range, everywhere alike or tile by tile. Colours stay; the result is full range.
struct ContrastStage: Stage {
    static let description = StageDescription(
        name: "contrast", summary: "Spreads brightness over the whole range.", input: .fullRange, oneAtATime: nil,
        options: [
            .choice(
                name: "method", default: Method.stretch,
                summary: "One curve for the picture, or one for each tile (contrast-limited histogram equalization)."),
            StageOptionDescription(
                name: "clip", type: .number, default: .number(2), minimum: 0, maximum: 40,
                summary: "stretch: percent of the pixels given up at each end; "
                    + "clahe: how many times its share a level may count, 0 for no limit."),
            StageOptionDescription(
                name: "tiles", type: .integer, default: .integer(8), minimum: 1, maximum: 32,
                summary: "clahe: tiles a side."),
        ])

    private enum Method: String, CaseIterable {
        case stretch, clahe
    }

    private let share: Double
    private let equalization: LocalEqualization?
    private let histogram = Histogram()
    private let pool = FramePool()

    init(options: StageOptions) {
        let clip = options.number("clip") ?? 2
        share = clip / 100
        equalization =
            switch options.choice("method") ?? Method.stretch {
            case .stretch: nil
            case .clahe: LocalEqualization(tiles: options.integer("tiles") ?? 8, clip: clip)
            }
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "contrast") }
        return frame.withPlanes { planes in
            pool.frame(from: frame) { target in
                if let equalization {
                    equalization.apply(planes[0], to: target[0])
                } else {
                    stretch(planes[0], to: target[0])
                }
                for index in 1..<max(planes.count, 1) { target[index].copy(planes[index]) }
            }
        }
    }

    private func bounds(of source: Plane) -> (low: UInt8, high: UInt8) {
        // With nothing to be left out there is nothing to be counted.
        guard share > 0 else { return Histogram.extremes(of: source) }
        histogram.count(source)
        return histogram.bounds(without: share)
    }

    private func stretch(_ source: Plane, to target: MutablePlane) {
        let (low, high) = bounds(of: source)
        // A picture of one level has no contrast to spread.
        guard low < high else { return target.copy(source) }
        SampleTable.stretch(source, low: low, high: high, to: target)
    }
}
