/// What plan text that arrives over the network may hold. Files of the plans directory are trusted and not asked.
public enum TextPolicy {
    /// Factories that such text may name.
    public static let elements: Set<String> = Set(ElementTable.elements.keys)

    /// Factories that may appear in a pipeline made from such text: those that it may name, those that edges and
    /// implied tees are made of, and those that the allowed ones make themselves. For a check of every element as it is added.
    public static let elementsInPipeline: Set<String> = elements.union([
        "pipeline", "bin", "capsfilter", "appsink", "appsrc",
        // rtspsrc, over TCP and UDP, with and without retransmission.
        "rtpbin", "rtpsession", "rtpstorage", "rtpjitterbuffer", "rtpssrcdemux", "rtpptdemux", "rtprtxreceive",
        "funnel",
        "udpsrc", "udpsink", "fakesrc",
    ])

    /// Elements that choose others by what a camera sends.
    static let automatic: Set<String> = [
        "decodebin", "decodebin3", "uridecodebin", "uridecodebin3", "playbin", "playbin3", "parsebin", "urisourcebin",
    ]

    /// Characters that make text look like other text: they turn its direction or have no width.
    static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
        default: false
        }
    }

    /// Options of stages that would name something outside the plan.
    public static func namesSomethingOutside(_ option: String) -> Bool {
        let words = [
            "location", "path", "file", "filename", "uri", "url", "device", "directory", "dir", "model", "weights",
        ]
        return option.split(whereSeparator: { $0 == "-" || $0 == "_" || $0 == ":" }).last.map {
            words.contains(String($0))
        } ?? false
    }
}
