/// What plan text that arrives over the network may hold. Files of the plans directory are trusted and not asked.
public enum TextPolicy {
    /// Factories that such text may name.
    public static let elements: Set<String> = Set(ElementTable.elements.keys)

    /// Factories that may appear in a pipeline made from such text: those that it may name, those that edges and
    /// implied tees are made of, and those that the allowed ones make themselves. For a check of every element as it is added.
    public static let elementsInPipeline: Set<String> = elements.union([
        "pipeline", "bin", "capsfilter", "appsink", "appsrc",
        // rtspsrc over TCP, with and without retransmission.
        "rtpbin", "rtpsession", "rtpstorage", "rtpjitterbuffer", "rtpssrcdemux", "rtpptdemux", "rtprtxreceive",
        "funnel",
    ])
}
