import NIOCore
import Subprocess
import Synchronization
import WorkerLink

/// Steers one worker from outside: asks it to stop, and ends it when it does not. Safe from any thread.
final class WorkerControl: Sendable {
    /// From the `stop` message to SIGTERM.
    private static let terminateAfter: TimeAmount = .seconds(2)
    /// The same where files are to be finished and the server itself is not in a hurry.
    private static let finishAfter: TimeAmount = .seconds(4)
    /// From SIGTERM to SIGKILL.
    private static let killAfter: TimeAmount = .milliseconds(500)

    /// What is left of SIGTERM's half second when a worker has to be done, so that SIGKILL finds nothing to do.
    private static let margin: TimeAmount = .milliseconds(300)

    private struct State {
        var link: WorkerLinkOutput?
        /// Sends a signal to the worker's process group; only while the worker is not reaped, so that the number
        /// cannot mean another process.
        var signal: (@Sendable (Signal) -> Void)?
        /// When SIGTERM is due; nil while nobody wants the worker to stop.
        var termination: NIODeadline?
        var isKilled = false
        var timers: [Scheduled<Void>] = []
    }

    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// `stop` message at once, SIGTERM after 2 s, SIGKILL half a second later.
    ///
    /// Once more, it makes the end come sooner where it can, and never later.
    ///
    /// - Parameter finishingFiles: the worker has files to finish and gets 4 s instead of 2.
    func stop(finishingFiles: Bool = false) {
        let patience = finishingFiles ? Self.finishAfter : Self.terminateAfter
        let termination = NIODeadline.now() + patience
        let (link, timers) = state.withLock { state -> (WorkerLinkOutput?, [Scheduled<Void>]) in
            if let known = state.termination, known <= termination { return (nil, []) }
            state.termination = termination
            let before = state.timers
            state.timers = [
                eventLoop.scheduleTask(deadline: termination) { [weak self] in self?.send(.terminate) },
                eventLoop.scheduleTask(deadline: termination + Self.killAfter) { [weak self] in self?.kill() },
            ]
            return (state.link, before)
        }
        for timer in timers { timer.cancel() }
        link?.send(Self.stop(before: termination))
    }

    private static func stop(before termination: NIODeadline) -> ServerMessage {
        let left = termination + killAfter - margin - .now()
        return .stop(within: max(0, Double(left.nanoseconds) / 1_000_000_000))
    }

    /// Lost when there is no link.
    func send(_ message: ServerMessage) {
        state.withLock { $0.link }?.send(message)
    }

    /// SIGKILL to the worker's group, now or as soon as there is one.
    func kill() {
        state.withLock { $0.isKilled = true }
        send(.kill)
    }

    // MARK: The worker's side

    func linked(_ link: WorkerLinkOutput) {
        let termination = state.withLock { state in
            state.link = link
            return state.termination
        }
        if let termination { link.send(Self.stop(before: termination)) }
    }

    func started(signal: @escaping @Sendable (Signal) -> Void) {
        let isKilled = state.withLock { state in
            state.signal = signal
            return state.isKilled
        }
        if isKilled { send(.kill) }
    }

    /// The worker is about to be reaped: no signal from here on.
    func ended() {
        let timers = state.withLock { state in
            defer { state.timers = [] }
            state.signal = nil
            state.link = nil
            return state.timers
        }
        for timer in timers { timer.cancel() }
    }

    /// Under the lock, so that `ended` waits for it.
    private func send(_ signal: Signal) {
        state.withLock { $0.signal?(signal) }
    }
}
