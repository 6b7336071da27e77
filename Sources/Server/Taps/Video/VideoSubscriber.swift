/// One who watches a tap's video as its camera sends it.
protocol VideoSubscriber: TapViewer {
    /// Where units go that are no keyframes, each as its WebSocket message, while that is free: then nobody else is asked.
    var directVideo: DirectOutput? { get }

    /// - Parameters:
    ///   - isLeading: it was captured before the viewer came: it is shown only where none waits behind it.
    ///   - skipped: units that the viewer has missed right before this one, which is a keyframe then.
    /// - Returns: bytes of the message; nil where the video is none for this viewer any more, who ends then.
    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int?
}

extension VideoSubscriber {
    var directVideo: DirectOutput? { nil }
}
