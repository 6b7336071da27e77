import CYUV
import Plans
import WorkerLink

/// Finds what moves. The picture goes on as it is.
///
/// Gives a `motion` detection for each thing that moves, and one `motion-state` for the whole picture, whose label is
/// `motion` until nothing has moved for the hold time, then `still`.
struct MotionStage: Stage {
    static let description = StageDescription(
        name: "motion",
        summary: "Finds what moves, and says whether anything does.",
        oneAtATime: "it learns the background from frame to frame",
        learns: true,
        options: [
            StageOptionDescription(
                name: "threshold", type: .number, default: .number(18), minimum: 1, maximum: 255,
                summary: "Gray levels by which a place must differ from the background."),
            StageOptionDescription(
                name: "min_area", type: .number, default: .number(0.001), minimum: 0, maximum: 1,
                summary: "The smallest thing that counts, as a share of the picture."),
            StageOptionDescription(
                name: "learning_rate", type: .number, default: .number(0.02), minimum: 0, maximum: 1,
                summary: "The share of each new picture that the background takes over; 0 keeps the first one."),
            StageOptionDescription(
                name: "hold_seconds", type: .number, default: .number(2), minimum: 0, maximum: 3600,
                summary: "How long the state stays at motion after the last movement."),
            StageOptionDescription(
                name: "cells", type: .integer, default: .integer(160), minimum: 16, maximum: 640,
                summary: "Columns or rows, whichever are more, of the small picture that is looked at."),
            StageOptionDescription(
                name: "mask", type: .string, default: .string(""),
                summary: "Polygons in which nothing counts: corners as x,y in shares of width and height with spaces "
                    + "between them, and a semicolon between polygons."),
        ])

    private let threshold: Double
    private let minimumArea: Double
    private let learningRate: Double
    private let cells: Int
    private let mask: [Polygon]
    private var hold: MotionHold
    private var frameSize = (width: 0, height: 0)
    private var model = MotionModel(width: 0, height: 0, threshold: 0, learningRate: 0)
    private var small: [UInt8] = []
    /// What a stage before this one has learnt of frames of a size.
    private var inheritance: (frameSize: (width: Int, height: Int), model: MotionModel)?

    /// - Throws: `StageError` when the mask cannot be read.
    init(options: StageOptions) throws {
        threshold = options.number("threshold") ?? 18
        minimumArea = options.number("min_area") ?? 0.001
        learningRate = options.number("learning_rate") ?? 0.02
        cells = options.integer("cells") ?? 160
        hold = MotionHold(seconds: options.number("hold_seconds") ?? 2)
        mask = try PolygonText.polygons(options.string("mask") ?? "")
    }

    /// The background stays what it is while it is looked at in the same cells.
    mutating func adopt(_ former: MotionStage) {
        let seconds = hold.seconds
        hold = former.hold
        hold.seconds = seconds
        inheritance = (former.frameSize, former.model)
    }

    mutating func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "motion") }
        guard frame.width > 0, frame.height > 0, max(frame.width, frame.height) < 1 << 15 else { return frame }
        if frameSize != (frame.width, frame.height) { start(frame) }
        reduce(frame)
        let differences = small.withUnsafeBufferPointer { model.update($0) }
        let regions = MovingRegion.find(in: differences, width: model.width, height: model.height)
        let found = regions.filter { Double($0.area) >= minimumArea * Double(small.count) }
        let moving = Double(found.reduce(0) { $0 + $1.area }) / Double(small.count)
        hold.update(isMoving: !found.isEmpty, at: frame.seconds)
        let state = hold.detection(width: frame.width, height: frame.height, moving: moving)
        return frame.with(detections: (frame.detections ?? []) + found.map { detection($0, frame) } + [state])
    }

    private mutating func start(_ frame: Frame) {
        frameSize = (frame.width, frame.height)
        let longest = Double(max(frame.width, frame.height))
        let scale = min(Double(cells) / longest, 1)
        let width = max(Int((Double(frame.width) * scale).rounded()), 1)
        let height = max(Int((Double(frame.height) * scale).rounded()), 1)
        var isMasked: [Bool] = []
        if !mask.isEmpty {
            isMasked = (0..<width * height).map { cell in
                let middle = Detection.Point(
                    x: (Double(cell % width) + 0.5) / Double(width), y: (Double(cell / width) + 0.5) / Double(height))
                return mask.contains { $0.contains(middle) }
            }
        }
        model = MotionModel(
            width: width, height: height, threshold: threshold, learningRate: learningRate, isMasked: isMasked)
        if let inheritance, inheritance.frameSize == frameSize { model.adopt(inheritance.model) }
        inheritance = nil
        small = Array(repeating: 0, count: width * height)
    }

    /// Means over boxes: noise of single pixels goes.
    private mutating func reduce(_ frame: Frame) {
        let (width, height) = (Int32(model.width), Int32(model.height))
        frame.withPlanes { planes in
            small.withUnsafeMutableBufferPointer { target in
                ScalePlane(
                    planes[0].samples, Int32(clamping: planes[0].stride), Int32(frame.width), Int32(frame.height),
                    target.baseAddress, width, width, height, kFilterBox)
            }
        }
    }

    /// It scores 1 when it differs three times as much as it must.
    private func detection(_ region: MovingRegion, _ frame: Frame) -> Detection {
        let (x, y) = (Double(frame.width) / Double(model.width), Double(frame.height) / Double(model.height))
        let box = Detection.Box(
            x: Double(region.left) * x, y: Double(region.top) * y, width: Double(region.right - region.left + 1) * x,
            height: Double(region.bottom - region.top + 1) * y)
        let change = Double(region.change) / Double(max(region.area, 1))
        return Detection(kind: .motion, label: "motion", score: min(change / (3 * threshold), 1), box: box)
    }
}
