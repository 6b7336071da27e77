extension Frame {
    /// Seconds on a clock that only ever counts differences: the source's own time, or that of the capture.
    var seconds: Double {
        if let timestamp { Double(timestamp) / 1e9 } else { Double(captured) / 1e9 }
    }
}
