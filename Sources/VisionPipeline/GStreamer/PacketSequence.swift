/// The numbers of an RTP stream's packets (RFC 3550, 5.1): which are missing.
struct PacketSequence {
    private var last: (number: UInt16, time: UInt64)?

    /// Farther behind, it is no packet that comes late, but a stream that numbers anew.
    private static let mostLate: UInt16 = 1000

    /// - Returns: the timestamps of the packets before and behind the gap, if there is one before this.
    mutating func note(_ number: UInt16, at time: UInt64) -> (before: UInt64, behind: UInt64)? {
        guard let last else {
            self.last = (number, time)
            return nil
        }
        // One that comes late, or twice: it was told when it did not come.
        if last.number &- number < Self.mostLate { return nil }
        self.last = (number, time)
        return number == last.number &+ 1 ? nil : (last.time, time)
    }
}
