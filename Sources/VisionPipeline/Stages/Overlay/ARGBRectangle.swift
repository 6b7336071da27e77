/// A part of the picture that has been drawn: premultiplied ARGB as cairo has it, alpha in the highest byte.
struct ARGBRectangle {
    /// Rows × `stride` pixels; valid until the next drawing.
    var pixels: UnsafePointer<UInt32>
    /// Pixels from one row to the next; even.
    var stride: Int
    /// Where it lies in the frame; both even, so that it starts with a whole chroma sample.
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}
