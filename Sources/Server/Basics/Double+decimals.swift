extension Double {
    /// Rounded to so many decimals: what a number means, without the noise of the arithmetic that made it.
    func rounded(decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (self * scale).rounded()
        // What is too large for that has no decimals.
        return scaled.isFinite ? scaled / scale : self
    }
}
