/// What a node gives, as far as its name tells.
enum MediaFlow {
    /// Raw pictures or JPEG.
    case pictures
    /// What it gets.
    case passes
    /// Packets, files, nothing at all: pictures may be found further up.
    case coded
    case sound

    private static let passing: Set<String> = [
        "queue", "queue2", "multiqueue", "identity", "valve", "tee", "watchdog", "progressreport", "clocksync",
        "typefind", "capssetter",
    ]
    private static let jpeg: Set<String> = ["jpegenc", "jpegparse", "rtpjpegdepay", "multipartdemux"]
    private static let codedSources: Set<String> = [
        "filesrc", "rtspsrc", "udpsrc", "tcpclientsrc", "tcpserversrc", "souphttpsrc", "curlhttpsrc", "srtsrc",
        "rtmpsrc", "rtmp2src", "fdsrc", "multifilesrc", "hlsdemux", "dashdemux", "rtpbin", "rtpjitterbuffer",
    ]
    private static let coders: Set<String> = [
        "encodebin", "encodebin2", "webrtcbin", "h264timestamper", "h265timestamper", "playbin", "playbin3",
        "camerabin",
    ]
    private static let codedPrefixes = ["avenc_", "avmux_", "avdemux_"]
    private static let codedSuffixes = ["sink", "mux", "muxer", "pay", "depay", "demux", "demuxer", "enc", "parse"]
    private static let soundParts = [
        "audio", "alsa", "pulse", "opus", "vorbis", "aac", "mp3", "lame", "pcm", "mulaw", "alaw", "flac", "jackaudio",
    ]

    init(of node: PlanNode) {
        switch node.kind {
        case .tap: self = .coded
        case .caps(let structures): self = Self.flow(ofMediaTypes: structures.map(\.mediaType))
        case .named(let name, _):
            // The search for parts last, as far as may be: it is the slow one.
            if Self.passing.contains(name) {
                self = .passes
            } else if Self.soundParts.contains(where: { name.contains($0) }) {
                self = .sound
            } else if Self.jpeg.contains(name) {
                self = .pictures
            } else if Self.codedSources.contains(name) || Self.coders.contains(name)
                || Self.codedSuffixes.contains(where: { name.hasSuffix($0) })
                || Self.codedPrefixes.contains(where: { name.hasPrefix($0) })
            {
                self = .coded
            } else {
                self = .pictures
            }
        }
    }

    private static func flow(ofMediaTypes types: [String]) -> MediaFlow {
        if types.contains("video/x-raw") || types.contains("image/jpeg") { return .pictures }
        return types.contains { $0.hasPrefix("audio/") || $0.hasPrefix("text/") } ? .sound : .coded
    }
}
