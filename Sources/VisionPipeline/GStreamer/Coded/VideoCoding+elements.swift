internal import WorkerLink

extension VideoCoding {
    /// - Parameter mediaType: of GStreamer's caps.
    init?(mediaType: String) {
        guard let known = Self.allCases.first(where: { $0.mediaType == mediaType }) else { return nil }
        self = known
    }

    var mediaType: String {
        switch self {
        case .h264: "video/x-h264"
        case .h265: "video/x-h265"
        }
    }

    /// The element that cuts a stream into pictures.
    var parser: String {
        switch self {
        case .h264: "h264parse"
        case .h265: "h265parse"
        }
    }

    /// Elements that decode it into main memory, the best first.
    var decoders: [String] {
        switch self {
        case .h264: ["avdec_h264", "openh264dec"]
        case .h265: ["avdec_h265", "libde265dec"]
        }
    }
}
