import WorkerLink

/// How a viewer takes its pictures: what the numbers about viewers are told apart by.
enum ViewerKind: Int, CaseIterable, Sendable {
    /// One tap on one socket, pictures in JSON.
    case json
    /// One tap on one socket, pictures alone.
    case binary
    /// A channel of a socket of many taps.
    case channel
    /// `stream.mjpeg`.
    case mjpeg
    /// What is found, without pictures.
    case detections
    /// Video as its camera sends it.
    case video

    var label: String {
        switch self {
        case .json: "json"
        case .binary: "binary"
        case .channel: "channel"
        case .mjpeg: "mjpeg"
        case .detections: "detections"
        case .video: "video"
        }
    }
}

/// One who watches a tap, its pictures or its video. Everything here happens on its event loop.
protocol TapViewer: AnyObject {
    /// Whether what is sent now would leave at once.
    var isReady: Bool { get }
    /// The instance's state is another one.
    func stateChanged(_ change: InstanceStateChange)
    /// How the tap's video is coded is known, or is another one.
    func codingChanged()
    /// Nothing more will come.
    func ended(_ reason: FailureReason)
}

extension TapViewer {
    func codingChanged() {}
}

/// One who watches a tap's pictures.
protocol TapSubscriber: TapViewer {
    var kind: ViewerKind { get }
    /// Where pictures go that are the same for all viewers, and are sent when the output is free: then nobody else is asked.
    var direct: (output: DirectOutput, form: SharedFrame.Form)? { get }
    /// A picture is about to be offered: time to read what the viewer has said.
    func listen()
    /// - Returns: bytes of the message; 0 where the picture is none for this viewer, who has missed it then.
    func send(_ delivery: inout Delivery) -> Int
}

extension TapSubscriber {
    var direct: (output: DirectOutput, form: SharedFrame.Form)? { nil }
    func listen() {}
}
