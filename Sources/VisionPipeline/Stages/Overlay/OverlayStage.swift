import Plans
import WorkerLink

/// Draws what the stages before have found onto a copy of the picture; the frame before it stays as it is.
///
/// Gray frames come out as I420, since what is drawn has colours. A colour frame with nothing to draw is passed on.
struct OverlayStage: Stage {
    static let description = StageDescription(
        name: "overlay",
        summary: "Draws what was found onto the picture: shapes, labels, trails, zones, time and frame rate.",
        oneAtATime: "it draws trails and a rate from frame to frame",
        options: [
            StageOptionDescription(
                name: "shapes", type: .boolean, default: .boolean(true), summary: "Draws boxes and corners."),
            StageOptionDescription(
                name: "labels", type: .boolean, default: .boolean(true), summary: "Writes what each thing is."),
            StageOptionDescription(
                name: "zones", type: .boolean, default: .boolean(true),
                summary: "Draws zones and lines with their counts."),
            StageOptionDescription(
                name: "trails_seconds", type: .number, default: .number(2), minimum: 0, maximum: 60,
                summary: "How far back the paths of tracked things are drawn; 0 draws none."),
            StageOptionDescription(
                name: "time", type: .boolean, default: .boolean(false), summary: "Writes when the frame was captured."),
            StageOptionDescription(
                name: "fps", type: .boolean, default: .boolean(false), summary: "Writes the frame rate."),
            StageOptionDescription(
                name: "thickness", type: .integer, default: .integer(0), minimum: 0, maximum: 50,
                summary: "Width of lines in pixels; 0 fits the picture."),
            StageOptionDescription(
                name: "font_size", type: .integer, default: .integer(0), minimum: 0, maximum: 200,
                summary: "Height of texts in pixels; 0 fits the picture."),
            StageOptionDescription(
                name: "colors", type: .string, default: .string(""),
                summary: "Colours of kinds, as apriltag=#00ff00 motion=#ff8000."),
        ])

    private let showsShapes: Bool
    private let showsLabels: Bool
    private let showsZones: Bool
    private let showsTime: Bool
    private let showsRate: Bool
    private let thickness: Int
    private let fontSize: Int
    private let colors: OverlayColors
    private let pool = FramePool()
    private var trails: Trails
    private var clock = OverlayClock()
    private let still = StillDrawings()
    private var canvas: DrawingCanvas?
    private var canvasHeight = 0

    /// More than a person could tell apart; the rest is left out.
    private static let mostThings = 200

    /// - Throws: `StageError` when the colours cannot be read.
    init(options: StageOptions) throws {
        showsShapes = options.boolean("shapes") ?? true
        showsLabels = options.boolean("labels") ?? true
        showsZones = options.boolean("zones") ?? true
        showsTime = options.boolean("time") ?? false
        showsRate = options.boolean("fps") ?? false
        thickness = options.integer("thickness") ?? 0
        fontSize = options.integer("font_size") ?? 0
        colors = try OverlayColors(options.string("colors") ?? "")
        trails = Trails(seconds: options.number("trails_seconds") ?? 2)
    }

    mutating func adopt(_ former: OverlayStage) {
        clock = former.clock
        let seconds = trails.seconds
        trails = former.trails
        trails.seconds = seconds
    }

    mutating func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "overlay") }
        let detections = Array((frame.detections ?? []).prefix(Self.mostThings))
        trails.update(detections, at: frame.seconds)
        clock.update(frame)
        guard frame.format == .gray8 || !detections.isEmpty || showsTime || showsRate else { return frame }
        let canvas = canvas(for: frame)
        let format: PixelFormat = frame.format == .gray8 ? .i420 : frame.format
        let blend = ARGBBlend(frame.colorimetry)
        still.begin(width: frame.width, height: frame.height)
        defer { still.end() }
        return frame.withPlanes { planes in
            pool.frame(from: frame, format: format) { target in
                for plane in 0..<target.count { copy(planes, to: target[plane], plane) }
                let painter = OverlayPainter(
                    style: style(frame.height), canvas: canvas, still: still, width: frame.width, height: frame.height
                ) {
                    blend.blend($0, onto: target, isInterleaved: format == .nv12)
                }
                paint(detections, frame, painter)
            }
        }
    }

    private mutating func canvas(for frame: Frame) -> DrawingCanvas {
        if let canvas, canvasHeight == frame.height { return canvas }
        let made = DrawingCanvas(fontSize: style(frame.height).fontSize)
        canvas = made
        canvasHeight = frame.height
        return made
    }

    private func style(_ height: Int) -> OverlayPainter.Style {
        OverlayPainter.Style(
            colors: colors, thickness: thickness > 0 ? Double(thickness) : max(Double(height) / 300, 1.5),
            fontSize: fontSize > 0 ? Double(fontSize) : min(max(Double(height) / 32, 10), 60))
    }

    /// Chroma of a gray frame is 128: no colour.
    private func copy(_ planes: Planes, to target: MutablePlane, _ index: Int) {
        if index < planes.count {
            target.copy(planes[index])
        } else {
            target.fill(128)
        }
    }

    private func paint(_ detections: [Detection], _ frame: Frame, _ painter: OverlayPainter) {
        let zones = detections.filter { $0.kind == .zone || $0.kind == .line }
        let things = detections.filter(\.kind.isThing)
        if showsZones { zones.forEach(painter.zone) }
        for line in trails.lines { painter.trail(line.points, kind: line.kind) }
        if showsShapes { things.forEach(painter.shape) }
        if showsLabels { for thing in things { painter.label(thing.caption, at: thing.box, kind: thing.kind) } }
        if showsZones, showsLabels {
            for zone in zones { painter.label(zone.caption, at: zone.box, kind: zone.kind, isStill: true) }
        }
        var head: [String] = []
        if showsTime { head.append(clock.time(of: frame)) }
        if showsRate, let rate = clock.rate { head.append(rate) }
        let margin = painter.style.fontSize / 2
        if !head.isEmpty {
            let text = head.joined(separator: "   ")
            let size = painter.canvas.extents(text)
            // At the bottom: labels of zones stand at the top.
            painter.text(
                text, left: margin, top: max(Double(frame.height) - size.ascent - size.descent - margin * 2, 0),
                color: .init(0xffffff))
        }
        if showsLabels, let state = detections.first(where: { $0.kind == .motionState }),
            state.label == MotionHold.State.motion.rawValue
        {
            let size = painter.canvas.extents(state.label)
            painter.text(
                state.label, left: Double(frame.width) - size.width - margin * 2.2, top: margin,
                color: colors[state.kind])
        }
    }
}

extension Detection {
    /// What is written beside it; long labels are cut.
    fileprivate var caption: String {
        func count(_ key: String) -> String {
            if case .integer(let value)? = data[key] { String(value) } else { "0" }
        }
        let name = String(label.prefix(40))
        return switch kind {
        case .zone: "\(name) \(count("count"))"
        case .line: "\(name) +\(count("forward")) -\(count("backward"))"
        default: track.map { "\(name) #\($0)" } ?? name
        }
    }
}
