/// Which of a stream's buffers are of use: from a keyframe on, and behind a gap from the next keyframe on.
struct KeyframeGate {
    private var isOpen = false
    /// Cameras that send no keyframes refresh their pictures bit by bit: when it is over, anything is a beginning.
    private var patience = StreamPatience()

    mutating func passes(_ buffer: InletBuffer) -> Bool {
        guard !isOpen, buffer.caps.media == .video, !buffer.isKey else {
            isOpen = true
            return true
        }
        isOpen = patience.isOver(at: buffer.decoded ?? buffer.shown)
        return isOpen
    }

    /// Something has been lost.
    mutating func close() { (isOpen, patience) = (false, StreamPatience()) }
}
