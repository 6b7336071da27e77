import Plans
import WorkerLink

/// Turns by quarters and flips.
struct RotateStage: Stage {
    static let description = StageDescription(
        name: "rotate", summary: "Turns the picture by quarters, then flips it.", oneAtATime: nil,
        options: [
            StageOptionDescription(
                name: "angle", type: .integer, default: .integer(0), minimum: 0, maximum: 270, step: 90,
                summary: "Degrees clockwise: 0, 90, 180 or 270."),
            .choice(
                name: "flip", default: Flip.none,
                summary: "horizontal exchanges left and right, vertical up and down."),
        ])

    private enum Flip: String, CaseIterable {
        case none, horizontal, vertical, both
    }

    private let transform: PlaneTransform
    private let pool = FramePool()

    init(options: StageOptions) {
        let flip = options.choice("flip") ?? Flip.none
        transform = PlaneTransform(
            turn: PlaneTransform.Turn(rawValue: options.integer("angle") ?? 0) ?? .none,
            flipsHorizontally: flip == .horizontal || flip == .both,
            flipsVertically: flip == .vertical || flip == .both)
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "rotate") }
        guard !transform.isIdentity else { return frame }
        let (width, height) =
            transform.isTransposing ? (frame.height, frame.width) : (frame.width, frame.height)
        return frame.withPlanes { planes in
            pool.frame(
                from: frame, width: width, height: height,
                pixelAspect: transform.isTransposing ? frame.pixelAspect.turned : nil
            ) { target in
                for index in 0..<planes.count {
                    transform.apply(planes[index], to: target[index], channels: frame.format.channels(index))
                }
            }
        }.movingDetections {
            transform.apply($0, width: Double(frame.width), height: Double(frame.height))
        }
    }
}
