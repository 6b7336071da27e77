extension Lane {
    /// Whether a frame may be begun while others are under way: it is newer than they are, and nobody waits for a last delivery,
    /// which comes by itself.
    func isFree(newest: UInt64) -> Bool {
        hasPending && newest > tried && final == nil && !turns.contains { $0.isFinal }
    }

    /// Whether that brings anything: a lane that is done with a frame before the next comes gains nothing by it, and a frame that
    /// comes early is no reason.
    ///
    /// - Parameter interval: nanoseconds from one frame that is wanted to the next.
    func mayOverlap(newest: UInt64, interval: Double) -> Bool {
        guard let work, work > interval else { return false }
        return isFree(newest: newest)
    }
}
