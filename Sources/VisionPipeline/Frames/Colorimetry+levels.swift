extension Colorimetry {
    /// The same matrix with luma and chroma 0…255.
    var expanded: Colorimetry { Colorimetry(range: .full, matrix: matrix) }

    /// The luma of black.
    var black: UInt8 { range == .full ? 0 : 16 }
}
