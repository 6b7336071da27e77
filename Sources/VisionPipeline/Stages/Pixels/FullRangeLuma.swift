/// The luma that stages with absolute levels work on: full range, whatever the frame has.
///
/// Copies only what is limited; what such a stage makes is tagged full, so that the next one finds nothing to do.
/// Confined to one stage.
final class FullRangeLuma {
    private var memory = ScratchMemory()

    /// - Parameter body: gets the plane, which is valid until it returns.
    /// - Throws: `StageError.format` for JPEG, and what `body` throws.
    func read<Result>(of frame: Frame, in stage: String, _ body: (Plane) throws -> Result) throws -> Result {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: stage) }
        return try frame.withPlanes { planes in
            let luma = planes[0]
            guard frame.colorimetry.range == .limited else { return try body(luma) }
            let expanded = memory.plane(width: luma.width, height: luma.height)
            LumaRange.expand(luma, into: expanded)
            return try body(expanded.readOnly)
        }
    }
}

extension Colorimetry {
    /// The same matrix with luma 0…255.
    var expanded: Colorimetry { Colorimetry(range: .full, matrix: matrix) }

    /// The luma of black.
    var black: UInt8 { range == .full ? 0 : 16 }
}
