import Plans
import WorkerLink

/// A part of the picture. Nothing is copied: the new frame's planes begin further inside the old one's.
struct CropStage: Stage {
    static let description = StageDescription(
        name: "crop", summary: "Keeps a rectangle of the picture.", oneAtATime: "there is no work in it to share out",
        options: [
            StageOptionDescription(
                name: "x", type: .integer, default: .integer(0), minimum: 0, maximum: 16384,
                summary: "Left edge in pixels; in colour the next even number below."),
            StageOptionDescription(
                name: "y", type: .integer, default: .integer(0), minimum: 0, maximum: 16384,
                summary: "Upper edge in pixels; in colour the next even number below."),
            StageOptionDescription(
                name: "width", type: .integer, default: .integer(0), minimum: 0, maximum: 16384,
                summary: "Pixels; 0, or more than there are: to the right edge."),
            StageOptionDescription(
                name: "height", type: .integer, default: .integer(0), minimum: 0, maximum: 16384,
                summary: "Pixels; 0, or more than there are: to the lower edge."),
        ])

    private let (x, y, width, height): (Int, Int, Int, Int)

    init(options: StageOptions) {
        x = options.integer("x") ?? 0
        y = options.integer("y") ?? 0
        width = options.integer("width") ?? 0
        height = options.integer("height") ?? 0
    }

    /// - Throws: `StageError` for JPEG, and when the rectangle begins outside the frame.
    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "crop") }
        // A chroma sample belongs to two by two pixels.
        let unit = frame.format == .gray8 ? 1 : 2
        let (left, top) = (x / unit * unit, y / unit * unit)
        guard left < frame.width, top < frame.height else {
            throw StageError(
                .size, "crop begins at \(left),\(top), outside the picture of \(frame.width)x\(frame.height)")
        }
        let width = min(width == 0 ? frame.width : width, frame.width - left)
        let height = min(height == 0 ? frame.height : height, frame.height - top)
        func part(_ plane: Plane, _ index: Int, offset: Int) -> Plane {
            let size = frame.format.planeSize(index, width: width, height: height)
            return Plane(base: plane.base + offset, stride: plane.stride, width: size.width, height: size.height)
        }
        let planes = frame.withPlanes { planes in
            let (luma, first, second) = (planes[0], planes[1], planes[2])
            let inside = part(luma, 0, offset: top * luma.stride + left)
            return switch frame.format {
            case .i420:
                Planes(
                    inside, part(first, 1, offset: top / 2 * first.stride + left / 2),
                    part(second, 2, offset: top / 2 * second.stride + left / 2))
            case .nv12: Planes(inside, part(first, 1, offset: top / 2 * first.stride + left))
            case .gray8, .jpeg: Planes(inside)
            }
        }
        return Frame(
            format: frame.format, width: width, height: height, attributes: frame.attributes, planes: planes,
            owner: frame
        ).movingDetections { Detection.Point(x: $0.x - Double(left), y: $0.y - Double(top)) }
    }
}
