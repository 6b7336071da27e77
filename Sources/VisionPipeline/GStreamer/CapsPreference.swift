internal import CGStreamer

/// What a pad says when it is asked what it would like; what it is then given it takes, whatever it is: that a branch cannot
/// go on is no reason for the source to end.
final class CapsPreference: @unchecked Sendable {  // immutable
    private let caps: UnsafeMutablePointer<GstCaps>

    private init(owning caps: UnsafeMutablePointer<GstCaps>) {
        self.caps = caps
    }

    deinit { gst_caps_unref(caps) }

    /// - Parameter preference: passes to the probe.
    static func install(on sink: UnsafeMutablePointer<GstElement>, _ preference: UnsafeMutablePointer<GstCaps>?) {
        guard let preference else { return }
        let held = CapsPreference(owning: preference)
        guard let pad = sink.pad(named: "sink") else { return }
        pad.probe(.queries) { info in info.query.map(held.answer) ?? false ? .handled : .pass }
    }

    private func answer(_ query: UnsafeMutablePointer<GstQuery>) -> Bool {
        switch query.pointee.type {
        case GST_QUERY_ACCEPT_CAPS:
            gst_query_set_accept_caps_result(query, 1)
            return true
        case GST_QUERY_CAPS:
            var filter: UnsafeMutablePointer<GstCaps>?
            gst_query_parse_caps(query, &filter)
            guard let filter else {
                gst_query_set_caps_result(query, caps)
                return true
            }
            let both = gst_caps_intersect_full(caps, filter, GST_CAPS_INTERSECT_FIRST)
            defer { if let both { gst_caps_unref(both) } }
            let isNone = both.map { gst_caps_is_empty($0) != 0 } ?? true
            gst_query_set_caps_result(query, isNone ? filter : both)
            return true
        default:
            return false
        }
    }
}
