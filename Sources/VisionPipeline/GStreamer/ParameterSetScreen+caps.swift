internal import CGStreamer

extension ParameterSetScreen {
    /// Fields of SDP, as they stand in caps (RFC 6184, 8.1; RFC 7798, 7.1), in the order in which sets refer to each other.
    private static let fields = ["sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"]

    /// Takes note of the sets that a camera tells before its packets.
    mutating func learn(from caps: UnsafeMutablePointer<GstCaps>) {
        guard let structure = gst_caps_get_structure(caps, 0) else { return }
        for field in Self.fields {
            guard let text = gst_structure_get_string(structure, field) else { continue }
            for word in String(cString: text).split(separator: ",") {
                var size = gsize(0)
                guard let bytes = g_base64_decode(String(word), &size) else { continue }
                defer { g_free(bytes) }
                learn(UnsafeRawBufferPointer(start: bytes, count: Int(size)))
            }
        }
    }
}
