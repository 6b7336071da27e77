/// Which of a stream's buffers are of use: from a keyframe on, and behind a gap from the next keyframe on.
struct KeyframeGate {
    /// Cameras that send no keyframes refresh their pictures bit by bit: after so long anything is a beginning, nanoseconds.
    private static let patience: Int64 = 45_000_000_000

    private var isOpen = false
    private var since: Int64?

    mutating func passes(_ buffer: InletBuffer) -> Bool {
        guard !isOpen, buffer.caps.media == .video, !buffer.isKey else {
            isOpen = true
            return true
        }
        let since = since ?? buffer.captured
        self.since = since
        isOpen = buffer.captured - since > Self.patience
        return isOpen
    }

    /// Something has been lost.
    mutating func close() { (isOpen, since) = (false, nil) }
}
