internal import CGStreamer
internal import Plans

/// An element that pictures come from.
struct BuiltSource: Sendable {
    let nodeID: String
    /// In its pipeline.
    private let elementName: String
    /// It reads from a peer that sends as it captures, and does not know that itself.
    private let isCameraByKind: Bool

    /// - Parameter index: of an element without an input.
    init(_ index: Int, _ nodes: [ResolvedNode]) {
        nodeID = nodes[index].node.id
        elementName = LaunchText.name(ofNode: index)
        isCameraByKind = nodes[index].factory.map { Self.senders.contains($0.name) } ?? false
    }

    /// Those that read what somebody sends as it comes, over a protocol for that; and devices, also where there is none.
    static let senders: Set<String> = [
        "tcpclientsrc", "tcpserversrc", "udpsrc", "multiudpsrc", "srtsrc", "srtclientsrc", "srtserversrc", "rtmpsrc",
        "rtmp2src", "ristsrc", "rtpsrc", "rfbsrc", "v4l2src", "libcamerasrc", "uvch264src",
    ]

    /// In PAUSED or PLAYING a live element says that it has nothing before PLAYING (NO_PREROLL). What is read over HTTP shows
    /// when something has come of it.
    func isLive(in pipeline: UnsafeMutablePointer<GstElement>) -> Bool {
        guard !isCameraByKind, let element = pipeline.child(named: elementName) else { return isCameraByKind }
        return gst_element_get_state(element, nil, nil, 0) == GST_STATE_CHANGE_NO_PREROLL
            || HTTPPictures.come(from: element, in: pipeline)
    }

    /// It may turn out to be live yet.
    func awaitsAnswer(in pipeline: UnsafeMutablePointer<GstElement>) -> Bool {
        pipeline.child(named: elementName).map { HTTPPictures.areAwaited(from: $0) } ?? false
    }

    /// What it gives and nothing takes, for people.
    func unclaimed(in pipeline: UnsafeMutablePointer<GstElement>) -> [String] {
        pipeline.child(named: elementName)?.pads(.source).filter { !$0.isLinked }.compactMap(\.offer) ?? []
    }
}
