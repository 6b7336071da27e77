import Plans
import Synchronization
import WorkerLink

/// Straightens what a lens has bent; the camera's focal length and centre stay. What the lens has not seen is black.
struct UndistortStage: Stage {
    static let description = StageDescription(
        name: "undistort", summary: "Straightens what the lens has bent, by a camera calibration.", oneAtATime: nil,
        options: [
            length("fx", "Focal length in pixels, across."),
            length("fy", "Focal length in pixels, down."),
            centre("cx", "Optical centre in pixels from the middle of the first, across."),
            centre("cy", "Optical centre in pixels from the middle of the first, down."),
            coefficient("k1", "First radial coefficient (Brown)."),
            coefficient("k2", "Second radial coefficient."),
            coefficient("p1", "First tangential coefficient."),
            coefficient("p2", "Second tangential coefficient."),
            coefficient("k3", "Third radial coefficient."),
        ])

    private let lens: LensModel
    private let maps: SharedMaps
    private let work = Work()

    /// Where the samples of a size come from. Made for the first frame of it, by whichever worker has that: the others wait, as they
    /// would for their own.
    private final class SharedMaps: Sendable {
        private let maps = Mutex(Maps())

        func maps(_ width: Int, _ height: Int, colour: Bool, _ lens: LensModel) -> Maps {
            maps.withLock { maps in
                if (maps.width, maps.height) != (width, height) { maps = Maps(width: width, height: height) }
                if maps.luma == nil { maps.luma = UndistortStage.map(lens, (width, height)) }
                if colour, maps.chroma == nil {
                    maps.chroma = UndistortStage.map(
                        lens.halved, PixelFormat.i420.planeSize(1, width: width, height: height))
                }
                return maps
            }
        }
    }

    private struct Maps {
        var width = 0
        var height = 0
        var luma: PlaneRemap?
        var chroma: PlaneRemap?
    }

    /// A worker's own. A copy of the stage shares it: a stage runs on one thread at a time.
    private final class Work {
        let pool = FramePool()
        var pairs = ScratchMemory()
    }

    init(options: StageOptions) {
        func number(_ name: String) -> Double { options.number(name) ?? 0 }
        lens = LensModel(
            fx: max(number("fx"), 1), fy: max(number("fy"), 1), cx: number("cx"), cy: number("cy"),
            k1: number("k1"), k2: number("k2"), p1: number("p1"), p2: number("p2"), k3: number("k3"))
        maps = SharedMaps()
    }

    init(beside first: UndistortStage, options: StageOptions) {
        (lens, maps) = (first.lens, first.maps)
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "undistort") }
        let maps = maps.maps(frame.width, frame.height, colour: frame.format != .gray8, lens)
        return frame.withPlanes { planes in
            work.pool.frame(from: frame) { target in
                maps.luma?.apply(planes[0], to: target[0], outside: frame.colorimetry.black, pairs: &work.pairs)
                for index in 1..<max(planes.count, 1) {
                    maps.chroma?.apply(
                        planes[index], to: target[index], outside: 128, channels: frame.format.channels(index),
                        pairs: &work.pairs)
                }
            }
        }.movingDetections {
            // Detections count from the corner of the first pixel, the calibration from its middle.
            let place = lens.undistorted(x: $0.x - 0.5, y: $0.y - 0.5)
            return Detection.Point(x: place.x + 0.5, y: place.y + 0.5)
        }
    }

    private static func map(_ lens: LensModel, _ size: (width: Int, height: Int)) -> PlaneRemap {
        PlaneRemap(width: size.width, height: size.height) { lens.distorted(x: $0, y: $1) }
    }

    private static func length(_ name: String, _ summary: String) -> StageOptionDescription {
        StageOptionDescription(
            name: name, type: .number, default: nil, minimum: 1, maximum: 1_000_000, summary: summary)
    }

    private static func centre(_ name: String, _ summary: String) -> StageOptionDescription {
        StageOptionDescription(
            name: name, type: .number, default: nil, minimum: -16384, maximum: 16384, summary: summary)
    }

    private static func coefficient(_ name: String, _ summary: String) -> StageOptionDescription {
        StageOptionDescription(
            name: name, type: .number, default: .number(0), minimum: -100, maximum: 100, summary: summary)
    }
}
