/// The numbers of an RTP stream's packets (RFC 3550, 5.1): which are missing.
struct PacketSequence {
    struct Packet {
        var number: UInt16
        /// That of its picture.
        var time: UInt64
        /// It is the last one of its picture, by its marker (RFC 6184, 5.1).
        var isEnd: Bool
    }

    private var last: Packet?
    /// Markers say where pictures end; some cameras set them as they like.
    private(set) var hasTrueMarkers = true

    /// Farther behind, it is no packet that comes late, but a stream that numbers anew.
    private static let mostLate: UInt16 = 1000

    /// - Returns: the packet before the gap, if there is one before this.
    mutating func note(_ packet: Packet) -> Packet? {
        guard let last else {
            self.last = packet
            return nil
        }
        // One that comes late, or twice: it was told when it did not come.
        if last.number &- packet.number < Self.mostLate { return nil }
        self.last = packet
        if last.isEnd, last.time == packet.time { hasTrueMarkers = false }
        return packet.number == last.number &+ 1 ? nil : last
    }
}
