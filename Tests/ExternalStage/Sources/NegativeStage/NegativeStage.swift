public import VisionPipeline
public import WorkerLink

/// The picture's negative: bright becomes dark, and each colour its complement.
public struct NegativeStage: Stage {
    /// What `negative` is called, takes and can be told.
    public static let description = StageDescription(
        name: "negative", summary: "Turns bright into dark, and each colour into its complement.", input: .fullRange,
        oneAtATime: nil,
        options: [
            .choice(name: "part", default: Part.all, summary: "What is turned: all, brightness alone or colours alone.")
        ])

    private enum Part: String, CaseIterable {
        case all, brightness, colours
    }

    private let part: Part
    private let pool = FramePool()

    /// A stage of options that have been checked.
    public init(options: StageOptions) {
        part = options.choice("part") ?? .all
    }

    /// A new frame; the one that is given stays as it is.
    public func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "negative") }
        return frame.withPlanes { planes in
            pool.frame(from: frame) { target in
                if part == .colours {
                    target[0].copy(planes[0])
                } else {
                    target[0].map(planes[0]) { 255 - $0 }
                }
                for index in 1..<max(planes.count, 1) {
                    if part == .brightness {
                        target[index].copy(planes[index])
                    } else {
                        // No colour is 128, so the other side of it is 256 less the sample.
                        target[index].map(planes[index]) { UInt8(clamping: 256 - Int($0)) }
                    }
                }
            }
        }
    }
}
