/// One who watches a tap's video as its camera sends it.
protocol VideoSubscriber: TapViewer {
    /// - Parameters:
    ///   - isLeading: it was captured before the viewer came: it only leads to the newest picture.
    ///   - skipped: units that the viewer has missed right before this one, which is a keyframe then.
    /// - Returns: bytes of the message; nil where the video is none for this viewer any more, who ends then.
    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int?
}
