internal import CGStreamer

/// Grey pictures into a branch.
enum GrayPictures {
    /// Whether they may stay grey, up to an encoder too: what GStreamer converts them to is 4:4:4, which next to nothing plays.
    ///
    /// - Parameter last: the element that this program put before the plan's own.
    static func mayStay(
        in segment: Segment, _ nodes: [ResolvedNode], behind last: UnsafeMutablePointer<GstElement>?
    ) -> Bool {
        let gray = "video/x-raw,format=GRAY8"
        let encoders = segment.nodes.compactMap { nodes[$0].factory }.filter(\.isPictureEncoder)
        guard encoders.allSatisfy({ $0.couldTake(gray) }), let pad = last?.pad(named: "src"),
            let taken = gst_pad_peer_query_caps(pad.pointer, nil), let caps = gst_caps_from_string(gray)
        else { return false }
        defer {
            gst_caps_unref(taken)
            gst_caps_unref(caps)
        }
        return gst_caps_can_intersect(taken, caps) != 0
    }
}
