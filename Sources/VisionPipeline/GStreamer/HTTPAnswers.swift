internal import CGStreamer
internal import Dispatch
internal import Synchronization

/// Which of a pipeline's HTTP sources wait for an answer.
///
/// libsoup 3.2 crashes where a request is called off in the moment in which its answer comes: what is there of it is thrown away, and
/// closed on a connection that is gone already. So a pipeline that is to end waits for the answer, which comes at once or not at all.
final class HTTPAnswers: ElementAttachment, Sendable {
    /// Seconds.
    private static let patience = 1.0

    /// Their pads, by address.
    private let waiting = Mutex<Set<UInt>>([])
    private let answered = DispatchSemaphore(value: 0)

    /// - Parameter pipeline: keeps what is returned to whoever asks for it.
    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        let answers = HTTPAnswers()
        answers.attach(to: pipeline)
        ElementWatch.install(on: pipeline) { element in
            guard element.factoryName == "souphttpsrc", let pad = element.pad(named: "src") else { return }
            let number = UInt(bitPattern: pad.pointer)
            pad.probe([.buffers, .events]) { info in
                switch info.event?.pointee.type {
                case nil: if info.buffer != nil { answers.end(number) }
                // Comes before the first request, and behind whatever ended the last one.
                case GST_EVENT_STREAM_START?: answers.waiting.withLock { _ = $0.insert(number) }
                case GST_EVENT_EOS?: answers.end(number)
                default: break
                }
                return .pass
            }
        }
    }

    private init() {}

    private func end(_ number: UInt) {
        if waiting.withLock({ $0.remove(number) }) != nil { answered.signal() }
    }

    /// Until none is under way any more, or there is little hope for one.
    func wait() {
        let deadline = DispatchTime.now() + Self.patience
        while !waiting.withLock(\.isEmpty), answered.wait(timeout: deadline) == .success {}
    }
}
