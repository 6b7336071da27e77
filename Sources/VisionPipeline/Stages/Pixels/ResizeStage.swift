import Plans
import WorkerLink

/// Another size, larger or smaller.
struct ResizeStage: Stage {
    static let description = StageDescription(
        name: "resize", summary: "Makes the picture larger or smaller, of square pixels.", oneAtATime: nil,
        options: [
            StageOptionDescription(
                name: "width", type: .integer, default: .integer(0), minimum: 0, maximum: 8192,
                summary: "Pixels; 0: as the height and the picture's true shape have it."),
            StageOptionDescription(
                name: "height", type: .integer, default: .integer(0), minimum: 0, maximum: 8192,
                summary: "Pixels; 0: as the width and the picture's true shape have it."),
            .choice(
                name: "filter", default: PlaneScaler.Filter.box,
                summary: "box looks at every pixel, bilinear at four, nearest at one."),
        ])

    private let (width, height): (Int, Int)
    private let filter: PlaneScaler.Filter
    private let pool = FramePool()

    /// - Throws: `StageError.options` when no size is given.
    init(options: StageOptions) throws {
        width = options.integer("width") ?? 0
        height = options.integer("height") ?? 0
        filter = options.choice("filter") ?? .box
        guard width > 0 || height > 0 else { throw StageError(.options, "resize needs a width or a height") }
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "resize") }
        guard frame.width > 0, frame.height > 0 else { return frame }
        let size = size(of: frame)
        guard size != (frame.width, frame.height) else { return frame.withSquarePixels }
        let scaleX = Double(size.width) / Double(frame.width)
        let scaleY = Double(size.height) / Double(frame.height)
        return frame.withPlanes { planes in
            pool.frame(from: frame, width: size.width, height: size.height, pixelAspect: .square) { target in
                for index in 0..<planes.count {
                    PlaneScaler.scale(
                        planes[index], to: target[index], filter: filter,
                        channels: frame.format.channels(index))
                }
            }
        }.movingDetections { Detection.Point(x: $0.x * scaleX, y: $0.y * scaleY) }
    }

    private func size(of frame: Frame) -> (width: Int, height: Int) {
        // As wide and high as it looks, in a common unit; no picture's is beyond an Int.
        let (across, down) = (frame.width * frame.pixelAspect.width, frame.height * frame.pixelAspect.height)
        func side(_ given: Int, _ own: Int, _ other: Int) -> Int {
            min(max((given * own + other / 2) / other, 1), 8192)
        }
        return (
            width > 0 ? width : side(height, across, down), height > 0 ? height : side(width, down, across)
        )
    }
}

extension Frame {
    /// The same samples, taken as square.
    fileprivate var withSquarePixels: Frame {
        guard !pixelAspect.isSquare else { return self }
        var attributes = attributes
        attributes.pixelAspect = .square
        return with(attributes)
    }
}
