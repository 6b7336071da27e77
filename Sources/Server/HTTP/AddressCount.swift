/// The connections of one address.
struct AddressCount {
    private struct Resting {
        /// Rises with each that begins to wait.
        var since: UInt64
        var giveWay: @Sendable () -> Void
    }

    var connections = 0
    private(set) var viewers = 0
    /// Those that wait for a next request. A connection that has not had its first is not among them: its client may have
    /// sent it, and would take the end for a failure.
    private var resting: [UInt64: Resting] = [:]
    /// Those that were told to give way and have not left yet.
    private var leaving: Set<UInt64> = []
    private var lastRest: UInt64 = 0

    /// Those that are no viewers, and stay.
    var requests: Int { connections - viewers - leaving.count }

    mutating func watch(_ id: UInt64) {
        viewers += 1
        leaving.remove(id)
    }

    mutating func rest(_ id: UInt64, _ giveWay: @escaping @Sendable () -> Void) {
        guard !leaving.contains(id) else { return }
        lastRest += 1
        resting[id] = Resting(since: lastRest, giveWay: giveWay)
    }

    mutating func resume(_ id: UInt64) { resting[id] = nil }

    /// Counts the one that has waited longest as one that leaves.
    ///
    /// - Returns: what makes it leave; nil where none waits.
    mutating func sendAway() -> (@Sendable () -> Void)? {
        guard let (id, longest) = resting.min(by: { $0.value.since < $1.value.since }) else { return nil }
        resting[id] = nil
        leaving.insert(id)
        return longest.giveWay
    }

    mutating func leave(_ id: UInt64, isViewer: Bool) {
        connections -= 1
        if isViewer { viewers -= 1 }
        resting[id] = nil
        leaving.remove(id)
    }
}
