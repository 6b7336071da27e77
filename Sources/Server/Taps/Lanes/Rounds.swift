/// Whose turn it is among those who are served one after the other, some at a time.
struct Rounds {
    private var next = 0
    /// Those who have not had their turn in this round.
    private(set) var waiting = 0

    /// Everybody has another turn; it goes on with whoever would have been next.
    mutating func begin(_ count: Int) { waiting = count }

    /// - Parameter count: of all there are just now: some may have left.
    /// - Returns: the next one's place; nil where all have had their turn.
    mutating func turn(of count: Int) -> Int? {
        guard waiting > 0, count > 0 else {
            waiting = 0
            return nil
        }
        if next >= count { next = 0 }
        defer { next += 1 }
        waiting -= 1
        return next
    }

    /// One more, at the end.
    mutating func added() {
        // It may come before those whose turn it still is.
        if waiting > 0 { waiting += 1 }
    }

    /// - Parameter count: of those who are left.
    mutating func removed(at place: Int, of count: Int) {
        if place < next { next -= 1 }
        waiting = min(waiting, count)
    }
}
