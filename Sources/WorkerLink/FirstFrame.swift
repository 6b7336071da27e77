/// How long a source has for its first frame, of a whole instance or of one source in a worker.
package struct FirstFrame: Sendable, Hashable {
    /// Of one that gives no sign of life.
    package static let ordinary = FirstFrame(seconds: 10, subject: "frame")

    /// From the start of an attempt.
    private let seconds: Int64
    private let subject: String

    private init(seconds: Int64, subject: String) {
        (self.seconds, self.subject) = (seconds, subject)
    }

    /// - Parameters:
    ///   - outlets: those that are waited for together.
    ///   - now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package init(of outlets: [SourceProgress], at now: Int64) {
        let waiting = outlets.filter { $0.frames == 0 }
        // Where pictures come that only wait for a keyframe: the worker shows what it has after 45 s.
        if waiting.contains(where: \.awaitsWholePicture) {
            self.init(seconds: 60, subject: "whole picture")
            return
        }
        let allowed = waiting.compactMap(\.rhythm.allowed).max() ?? 0
        // One that is there, and may have a picture each quarter of a minute.
        let isAlive = waiting.contains { $0.rhythm.showsLife(at: now) }
        self.init(seconds: max(isAlive ? 30 : 10, Int64(min(max(allowed, 0), 86_400))), subject: "frame")
    }

    /// Nanoseconds from the start of an attempt.
    package var deadline: Int64 { seconds * 1_000_000_000 }

    /// What is said when it is over.
    package var words: String { "no \(subject) within \(seconds) s" }
}
