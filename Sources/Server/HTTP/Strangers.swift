/// Sockets that have not said yet who they are, in the order in which they came.
struct Strangers {
    private struct Stranger {
        var id: UInt64
        /// Nil: this machine's own.
        var address: String?
        var giveWay: @Sendable () -> Void
    }

    private var waiting: [Stranger] = []

    var count: Int { waiting.count }

    /// Another one has come.
    ///
    /// - Parameters:
    ///   - most: in all.
    ///   - perAddress: not asked of this machine's own, since a proxy's all come from there.
    /// - Returns: what ends the one whose place it takes; nil where there was room.
    mutating func come(
        _ id: UInt64, from address: String?, most: Int, perAddress: Int, _ giveWay: @escaping @Sendable () -> Void
    ) -> (@Sendable () -> Void)? {
        defer { waiting.append(Stranger(id: id, address: address, giveWay: giveWay)) }
        if let address, waiting.count(where: { $0.address == address }) >= perAddress,
            let oldest = waiting.firstIndex(where: { $0.address == address })
        {
            return waiting.remove(at: oldest).giveWay
        }
        return waiting.count >= most && !waiting.isEmpty ? waiting.removeFirst().giveWay : nil
    }

    /// It has said who it is, or is gone.
    mutating func leave(_ id: UInt64) { waiting.removeAll { $0.id == id } }
}
