import WorkerLink

/// What a client can show, by the names that browsers have for it: `avc1`, `hev1`, `jpeg`.
struct ViewerCodecs: Sendable, Hashable {
    /// Codings of video as cameras send it.
    var video: Set<VideoCoding> = []
    var takesPictures = true

    /// What clients take that say nothing of it.
    static let pictures = ViewerCodecs()

    private init() {}

    /// Names that nobody here knows are those of other servers' video, or of tomorrow's.
    ///
    /// - Parameter names: with or without profile and level: `avc1.64001f` is `avc1`.
    init(_ names: [String]) {
        for name in names {
            switch name.prefix(4) {
            case "avc1", "avc3": video.insert(.h264)
            case "hev1", "hvc1": video.insert(.h265)
            default: break
            }
        }
        takesPictures = names.contains("jpeg")
    }

    /// What such a client is told that it gets; nil: pictures.
    static func name(_ coding: VideoCoding?) -> String {
        switch coding {
        case .h264: "avc1"
        case .h265: "hev1"
        case nil: "jpeg"
        }
    }
}
