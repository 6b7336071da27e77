internal import CGStreamer

/// Which of the streams that a camera describes a plan takes: sound, events and second pictures are not asked for where nothing wants
/// them, and cost the camera and the network nothing.
struct RTSPStreams {
    /// What each chain behind the source takes, as caps; nil: whatever comes.
    private let chains: [String?]
    private var taken: Set<Int> = []
    /// Codings of those that nothing takes, in the order in which they are described.
    private(set) var refused: [String] = []

    init(chains: [String?]) { self.chains = chains }

    /// None was taken.
    var isEmpty: Bool { taken.isEmpty }

    /// Decides about one; they are asked about in the order in which they are described.
    mutating func takes(_ stream: UnsafeMutablePointer<GstCaps>) -> Bool {
        guard !chains.isEmpty, chains.allSatisfy({ $0 != nil }), let packets = gst_caps_copy(stream) else {
            return true
        }
        defer { gst_caps_unref(packets) }
        // As a description has them they are of no kind yet.
        gst_structure_set_name(gst_caps_get_structure(packets, 0), "application/x-rtp")
        for (number, chain) in chains.enumerated() where !taken.contains(number) {
            guard let chain, let caps = gst_caps_from_string(chain) else { continue }
            defer { gst_caps_unref(caps) }
            guard gst_caps_can_intersect(packets, caps) != 0 else { continue }
            taken.insert(number)
            return true
        }
        let words = gst_caps_get_structure(stream, 0).flatMap { structure in
            gst_structure_get_string(structure, "encoding-name") ?? gst_structure_get_string(structure, "media")
        }
        if let words, refused.count < 16 { refused.append(String(cString: words)) }
        return false
    }
}
