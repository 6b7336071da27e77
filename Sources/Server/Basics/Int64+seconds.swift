extension Int64 {
    /// Nanoseconds; what does not fit is clamped.
    static func seconds(_ seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1_000_000_000).rounded()) ?? (seconds < 0 ? .min : .max)
    }

    /// Nanoseconds as seconds.
    var inSeconds: Double { Double(self) / 1_000_000_000 }
}
