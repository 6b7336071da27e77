import CCairo

/// Where cairo draws one thing after the other, each in a rectangle no larger than it needs.
///
/// Confined to its stage. The memory only grows.
final class DrawingCanvas {
    private var memory = ScratchMemory()
    /// One pixel, for measuring texts.
    private let measure: OpaquePointer?
    private let fontSize: Double

    /// - Parameter fontSize: pixels.
    init(fontSize: Double) {
        self.fontSize = fontSize
        let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 1, 1)
        measure = cairo_create(surface)
        // The context keeps it.
        cairo_surface_destroy(surface)
        setFont(measure)
    }

    deinit { cairo_destroy(measure) }

    /// Draws with coordinates of the frame, and hands out what was drawn.
    ///
    /// - Parameter box: what the drawing touches, pixels of the frame; what lies outside the frame is cut off.
    func draw(
        in box: Detection.Box, frameWidth: Int, frameHeight: Int, _ drawing: (OpaquePointer) -> Void,
        done: (ARGBRectangle) -> Void
    ) {
        func clamped(_ value: Double, _ limit: Int) -> Int { Int(min(max(value, 0), Double(limit))) }
        guard box.x.isFinite, box.y.isFinite, box.width.isFinite, box.height.isFinite else { return }
        let (left, top) = (
            clamped(box.x.rounded(.down), frameWidth) & ~1, clamped(box.y.rounded(.down), frameHeight) & ~1
        )
        let right = clamped((box.x + box.width).rounded(.up), frameWidth)
        let bottom = clamped((box.y + box.height).rounded(.up), frameHeight)
        guard right > left, bottom > top else { return }
        let (width, height) = (right - left, bottom - top)
        let stride = (width + 1) & ~1
        let bytes = memory.bytes(stride * height * 4)
        bytes.update(repeating: 0, count: stride * height * 4)
        guard
            let surface = cairo_image_surface_create_for_data(
                bytes, CAIRO_FORMAT_ARGB32, Int32(width), Int32(height), Int32(stride * 4))
        else { return }
        let context = cairo_create(surface)
        if let context, cairo_status(context) == CAIRO_STATUS_SUCCESS {
            cairo_translate(context, Double(-left), Double(-top))
            setFont(context)
            drawing(context)
            cairo_surface_flush(surface)
            UnsafeRawPointer(bytes).withMemoryRebound(to: UInt32.self, capacity: stride * height) { pixels in
                done(ARGBRectangle(pixels: pixels, stride: stride, x: left, y: top, width: width, height: height))
            }
        }
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// Width of a text, and its height above and below the line it stands on, pixels.
    func extents(_ text: String) -> (width: Double, ascent: Double, descent: Double) {
        var extents = cairo_text_extents_t()
        var font = cairo_font_extents_t()
        cairo_text_extents(measure, text, &extents)
        cairo_font_extents(measure, &font)
        return (max(extents.x_advance, extents.width), font.ascent, font.descent)
    }

    private func setFont(_ context: OpaquePointer?) {
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD)
        cairo_set_font_size(context, fontSize)
    }
}
