/// How long a source has for its first frame, of a whole instance or of one source in a worker.
package enum FirstFrame {
    private static let deadline: Int64 = .nanoseconds(10)
    /// Where pictures come that only wait for a keyframe: the worker shows what it has after 45 s.
    private static let wholePictureDeadline: Int64 = .nanoseconds(60)

    /// Nanoseconds from the start of an attempt.
    package static func deadline(awaitingWholePicture: Bool) -> Int64 {
        awaitingWholePicture ? wholePictureDeadline : deadline
    }

    /// What is said when it is over.
    package static func words(awaitingWholePicture: Bool) -> String {
        let seconds = deadline(awaitingWholePicture: awaitingWholePicture) / 1_000_000_000
        return "no \(awaitingWholePicture ? "whole picture" : "frame") within \(seconds) s"
    }
}
