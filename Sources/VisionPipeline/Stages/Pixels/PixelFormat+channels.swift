extension PixelFormat {
    /// How many channels lie interleaved in a plane's rows.
    func channels(_ plane: Int) -> Int { self == .nv12 && plane == 1 ? 2 : 1 }
}
