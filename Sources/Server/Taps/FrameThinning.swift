/// Lets frames pass at a wanted rate, evenly over time, judged by their capture times; pure.
struct FrameThinning {
    /// Nanoseconds.
    private let interval: Int64
    private var due: Int64?

    /// - Parameter fps: frames per second, above 0.
    init(fps: Double) {
        interval = Int64(1e9 / min(max(fps, 0.001), 1e6))
    }

    mutating func admits(captured: Int64) -> Bool {
        guard let due else {
            self.due = captured &+ interval
            return true
        }
        let early = due &- captured
        // A quarter of an interval early is on time: cameras jitter. Far too early means that the clock was set back.
        if early > interval / 4, early <= interval &* 2 { return false }
        // Counting on from the due time keeps the average; after a gap or a jump it starts anew.
        let isOff = early > interval || early < -interval
        self.due = (isOff ? captured : due) &+ interval
        return true
    }
}
