internal import CGStreamer

/// Each depayloader keeps its gaps; a decoder finds those that concern it by the way that its pictures come.
extension PacketGaps: ElementAttachment {
    /// Those of the nearest depayloaders before an element; none where its pictures come otherwise.
    static func onTheWay(to element: UnsafeMutablePointer<GstElement>) -> [PacketGaps] {
        element.pads(.sink).flatMap { $0.nearestUpstream { Self.of($0) } }
    }
}

extension [PacketGaps] {
    /// Whether some of the picture with this timestamp is missing; nil where no packets are known that it came in.
    func isIncomplete(at time: UInt64, isFlagged: Bool) -> Bool? {
        isEmpty || time == .max ? nil : contains { $0.isIncomplete(at: time, isFlagged: isFlagged) }
    }
}
