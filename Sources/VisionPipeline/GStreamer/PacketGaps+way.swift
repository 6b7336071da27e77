internal import CGStreamer

/// Each depayloader keeps its gaps; a decoder finds those that concern it by the way that its pictures come.
extension PacketGaps: ElementAttachment {
    /// Those of the nearest depayloaders before an element; none where its pictures come otherwise.
    static func onTheWay(to element: UnsafeMutablePointer<GstElement>) -> [PacketGaps] {
        element.pads(.sink).flatMap { $0.nearestUpstream { Self.of($0) } }
    }
}
