internal import Dispatch
internal import WorkerLink

/// Ends films whose demuxer does not say that they have ended: some of libav's ask for more at the end of a file for ever (NUT), and
/// with some the word is lost on the way. What comes of a file on this machine comes at once; where nothing more does, and
/// nobody holds it up, there is no more.
final class SilentFilms: @unchecked Sendable {  // touched on the control queue only
    private let timer: any DispatchSourceTimer

    /// Begins to look after them, on the control queue.
    init(_ sources: [SourceSegment], queue: DispatchQueue) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(100))
        timer.setEventHandler {
            for source in sources
            where !source.isLive && source.isUp && source.segment.isPlayedOut(at: MonotonicClock.now()) {
                guard source.attempt.endSilently() else { continue }
                Log.write("source \(source.name): nothing more comes of the file, so it has ended")
            }
        }
        timer.resume()
    }

    deinit { timer.cancel() }
}
