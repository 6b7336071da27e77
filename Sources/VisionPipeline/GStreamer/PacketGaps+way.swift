internal import CGStreamer

/// Each depayloader keeps its gaps; a decoder finds those that concern it by the way that its pictures come.
extension PacketGaps {
    private static let key = "streamtap-packet-gaps"

    /// - Parameter depayloader: keeps this for as long as it lives.
    func attach(to depayloader: UnsafeMutablePointer<GstElement>) {
        depayloader.withObject {
            g_object_set_data_full(
                $0, Self.key, Unmanaged.passRetained(self).toOpaque(),
                { if let held = $0 { Unmanaged<PacketGaps>.fromOpaque(held).release() } })
        }
    }

    private static func of(_ element: UnsafeMutablePointer<GstElement>) -> PacketGaps? {
        element.withObject { g_object_get_data($0, key) }
            .map { Unmanaged<PacketGaps>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Those of the nearest depayloaders before an element; none where its pictures come otherwise.
    static func onTheWay(to element: UnsafeMutablePointer<GstElement>) -> [PacketGaps] {
        var found: [PacketGaps] = []
        var open = element.pads(.sink)
        var seen: Set<UnsafeMutablePointer<GstPad>> = []
        while let pad = open.popLast() {
            guard seen.insert(pad.pointer).inserted, let source = pad.peer else { continue }
            if let gaps = source.parent.flatMap(of) {
                if !found.contains(where: { $0 === gaps }) { found.append(gaps) }
            } else {
                open += source.feeders
            }
        }
        return found
    }
}
