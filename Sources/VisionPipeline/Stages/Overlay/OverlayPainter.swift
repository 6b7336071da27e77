import CCairo
import Glibc

/// Draws what was found, thing by thing.
struct OverlayPainter {
    struct Style: Hashable {
        var colors: OverlayColors
        /// Pixels.
        var thickness: Double
        var fontSize: Double
    }

    let style: Style
    let canvas: DrawingCanvas
    /// What has been drawn for the frames before.
    let still: StillDrawings
    let width: Int
    let height: Int
    /// Takes each finished rectangle.
    let done: (ARGBRectangle) -> Void

    /// Beyond it cairo's own coordinates would overflow.
    private static let farthest = 30_000.0

    /// A zone is filled a little, so that what is in it stays to be seen. It stays where it is from frame to frame.
    func zone(_ detection: Detection) {
        let color = style.colors[detection.kind]
        let points = detection.corners.filter(isDrawable)
        guard points.count >= 2 else { return }
        let drawing = StillDrawings.Drawing.zone(points, color)
        if let known = still.rectangle(drawing) { return done(known) }
        stroke(
            points, isClosed: points.count > 2, color: color, fill: points.count > 2 ? 0.15 : 0, keptAs: drawing)
    }

    func shape(_ detection: Detection) {
        let color = style.colors[detection.kind]
        var points = detection.corners
        if points.isEmpty {
            let box = detection.box
            let (right, bottom) = (box.x + box.width, box.y + box.height)
            points = [(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)].map {
                Detection.Point(x: $0.0, y: $0.1)
            }
        }
        guard points.allSatisfy(isDrawable) else { return }
        stroke(points, isClosed: true, color: color)
    }

    func trail(_ points: [Detection.Point], kind: Detection.Kind) {
        let points = points.filter(isDrawable)
        guard points.count >= 2 else { return }
        stroke(points, isClosed: false, color: style.colors[kind])
    }

    /// A text above a place, or below it where there is no room.
    ///
    /// - Parameter isStill: it will be the same on the next frame, as far as one can tell.
    func label(_ text: String, at box: Detection.Box, kind: Detection.Kind, isStill: Bool = false) {
        guard isDrawable(Detection.Point(x: box.x, y: box.y)) else { return }
        let drawing = isStill ? StillDrawings.Drawing.label(text, box, style.colors[kind]) : nil
        if let drawing, let known = still.rectangle(drawing) { return done(known) }
        let size = canvas.extents(text)
        let needed = size.ascent + size.descent + style.thickness * 2
        let top = box.y >= needed ? box.y - needed : min(box.y + style.thickness, Double(height) - needed)
        // A label stays in the picture as far as it can.
        let left = max(min(box.x, Double(width) - size.width - style.fontSize * 0.6), 0)
        self.text(text, left: left, top: top, color: style.colors[kind], keptAs: drawing)
    }

    /// A text on a dark ground.
    func text(
        _ text: String, left: Double, top: Double, color: OverlayColors.Color,
        keptAs drawing: StillDrawings.Drawing? = nil
    ) {
        let size = canvas.extents(text)
        let margin = style.fontSize * 0.3
        let box = Detection.Box(
            x: left, y: top, width: size.width + margin * 2, height: size.ascent + size.descent + style.thickness)
        canvas.draw(in: box, frameWidth: width, frameHeight: height) { cairo in
            cairo_set_source_rgba(cairo, 0, 0, 0, 0.6)
            cairo_rectangle(cairo, box.x, box.y, box.width, box.height)
            cairo_fill(cairo)
            cairo_set_source_rgba(cairo, color.red, color.green, color.blue, 1)
            cairo_move_to(cairo, left + margin, top + size.ascent)
            cairo_show_text(cairo, text)
        } done: {
            if let drawing { still.keep($0, as: drawing) }
            done($0)
        }
    }

    private func stroke(
        _ points: [Detection.Point], isClosed: Bool, color: OverlayColors.Color, fill: Double = 0,
        keptAs drawing: StillDrawings.Drawing? = nil
    ) {
        let margin = style.thickness + 1
        var box = Detection.Box(around: points)
        box = .init(
            x: box.x - margin, y: box.y - margin, width: box.width + margin * 2, height: box.height + margin * 2)
        canvas.draw(in: box, frameWidth: width, frameHeight: height) { cairo in
            for point in points { cairo_line_to(cairo, point.x, point.y) }
            if isClosed { cairo_close_path(cairo) }
            if fill > 0 {
                cairo_set_source_rgba(cairo, color.red, color.green, color.blue, fill)
                cairo_fill_preserve(cairo)
            }
            cairo_set_source_rgba(cairo, color.red, color.green, color.blue, 1)
            cairo_set_line_width(cairo, style.thickness)
            cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
            cairo_stroke(cairo)
        } done: {
            if let drawing { still.keep($0, as: drawing) }
            done($0)
        }
    }

    private func isDrawable(_ point: Detection.Point) -> Bool {
        abs(point.x) <= Self.farthest && abs(point.y) <= Self.farthest
    }
}
