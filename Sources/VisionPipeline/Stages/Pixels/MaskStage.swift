import Plans
import WorkerLink

/// Hides parts of the picture for privacy: no tap, snapshot or recording behind it has what was there.
///
/// Only `fill` leaves nothing of it; from squares and blur some things can be guessed.
struct MaskStage: Stage {
    static let description = StageDescription(
        name: "mask", summary: "Hides polygons of the picture from everything behind it.", oneAtATime: nil,
        options: [
            StageOptionDescription(
                name: "polygons", type: .string, default: nil,
                summary: "Corners as x,y in shares of width and height, 0 to 1, with spaces between them and a "
                    + "semicolon between polygons: 0,0 0.5,0 0.5,1; 0.8,0.8 1,0.8 1,1."),
            .choice(
                name: "method", default: Method.fill, summary: "Black, coarse squares, or softened."),
            StageOptionDescription(
                name: "size", type: .integer, default: .integer(16), minimum: 2, maximum: 50,
                summary: "pixelate: side of a square in pixels; blur: how far a pixel spreads."),
        ])

    private enum Method: String, CaseIterable {
        case fill, pixelate, blur
    }

    private let polygons: [Polygon]
    private let method: Method
    private let size: Int
    private let state = State()
    private let pool = FramePool()

    /// Made for the first frame of a size. A copy of the stage shares it: a stage runs on one thread at a time.
    private final class State {
        var size = (width: 0, height: 0)
        var luma = MaskRuns([], width: 0, height: 0)
        var chroma = MaskRuns([], width: 0, height: 0)
        let blur = MaskBlur()
    }

    /// - Throws: `StageError.options` when the polygons cannot be read.
    init(options: StageOptions) throws {
        polygons = try PolygonText.polygons(options.string("polygons") ?? "")
        guard !polygons.isEmpty else { throw StageError(.options, "polygons must name at least one polygon") }
        method = options.choice("method") ?? .fill
        size = options.integer("size") ?? 16
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "mask") }
        if state.size != (frame.width, frame.height) {
            let half = PixelFormat.i420.planeSize(1, width: frame.width, height: frame.height)
            state.luma = MaskRuns(polygons, width: frame.width, height: frame.height)
            state.chroma = MaskRuns(polygons, width: half.width, height: half.height)
            state.size = (frame.width, frame.height)
        }
        return frame.withPlanes { planes in
            pool.frame(from: frame) { target in
                for index in 0..<planes.count {
                    target[index].copy(planes[index])
                    hide(
                        planes[index], in: target[index], runs: index == 0 ? state.luma : state.chroma,
                        black: index == 0 ? frame.colorimetry.black : 128, size: index == 0 ? size : max(size / 2, 1),
                        channels: frame.format.channels(index))
                }
            }
        }
    }

    private func hide(
        _ source: Plane, in target: MutablePlane, runs: MaskRuns, black: UInt8, size: Int, channels: Int
    ) {
        switch method {
        case .fill: runs.fill(target, with: black, channels: channels)
        case .pixelate: runs.pixelate(source, to: target, side: size, channels: channels)
        case .blur: state.blur.apply(source, to: target, runs: runs, reach: size, channels: channels)
        }
    }
}
