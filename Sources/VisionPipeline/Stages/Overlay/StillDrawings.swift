/// Drawings that stay as they are from frame to frame, such as zones: drawn once, and kept while each frame asks for them again.
///
/// Confined to its stage.
final class StillDrawings {
    /// All that such a drawing depends on, besides the style and the size of the frame.
    enum Drawing: Hashable {
        case zone([Detection.Point], OverlayColors.Color)
        case label(String, Detection.Box, OverlayColors.Color)
    }

    private struct Kept {
        let memory: Memory
        let rectangle: ARGBRectangle
        /// The last frame that asked for it.
        var frame: Int
    }

    private final class Memory {
        let pixels: UnsafeMutablePointer<UInt32>

        init(copying source: UnsafePointer<UInt32>, count: Int) {
            pixels = .allocate(capacity: count)
            pixels.update(from: source, count: count)
        }

        deinit { pixels.deallocate() }
    }

    private var kept: [Drawing: Kept] = [:]
    private var size = (width: 0, height: 0)
    private var frame = 0
    /// Pixels kept.
    private var area = 0

    /// Before a frame is drawn on.
    func begin(width: Int, height: Int) {
        if size != (width, height) {
            kept.removeAll()
            area = 0
        }
        size = (width, height)
        frame &+= 1
    }

    /// After it: what it has not asked for is forgotten.
    func end() {
        guard kept.contains(where: { $0.value.frame != frame }) else { return }
        kept = kept.filter { $0.value.frame == frame }
        area = kept.values.reduce(0) { $0 + $1.rectangle.stride * $1.rectangle.height }
    }

    /// What was drawn for an earlier frame; valid until `end`.
    func rectangle(_ drawing: Drawing) -> ARGBRectangle? {
        guard let found = kept[drawing] else { return nil }
        kept[drawing]?.frame = frame
        return found.rectangle
    }

    /// Keeps a copy for later frames. Beyond two whole pictures nothing is kept: such a drawing is made anew each time.
    func keep(_ rectangle: ARGBRectangle, as drawing: Drawing) {
        let count = rectangle.stride * rectangle.height
        guard area + count <= 2 * size.width * size.height else { return }
        let memory = Memory(copying: rectangle.pixels, count: count)
        var own = rectangle
        own.pixels = UnsafePointer(memory.pixels)
        kept[drawing] = Kept(memory: memory, rectangle: own, frame: frame)
        area += count
    }
}
