import Logging
import Plans
import Synchronization
import WorkerLink

/// Passes on what the workers of one instance print: redacted, and a burst at most, then a line a minute.
final class WorkerLog: Sendable {
    /// Lines that may come at once.
    private static let burst = 20
    /// After the burst, one line in this time; nanoseconds.
    private static let refill: Int64 = .seconds(60)

    private struct State {
        var allowance = burst
        var refilled = MonotonicClock.now()
        var suppressed = 0
        var lastLine: String?
    }

    private let logger: Logger
    private let redaction: Redaction
    private let state = Mutex(State())

    init(logger: Logger, redaction: Redaction) {
        self.logger = logger
        self.redaction = redaction
    }

    /// The last line since `attemptStarted`, redacted.
    var lastLine: String? { state.withLock { $0.lastLine } }

    func attemptStarted() {
        state.withLock { $0.lastLine = nil }
    }

    func append(_ line: String) {
        let line = redaction.apply(to: line)
        let (isAllowed, suppressed) = state.withLock { state -> (Bool, Int) in
            state.lastLine = line
            let periods = (MonotonicClock.now() - state.refilled) / Self.refill
            if periods > 0 {
                state.allowance = Int(min(Int64(state.allowance) + periods, Int64(Self.burst)))
                state.refilled += periods * Self.refill
            }
            guard state.allowance > 0 else {
                state.suppressed += 1
                return (false, 0)
            }
            state.allowance -= 1
            defer { state.suppressed = 0 }
            return (true, state.suppressed)
        }
        if suppressed > 0 { logger.info("worker: \(suppressed) lines left out") }
        logger.log(level: isAllowed ? .info : .debug, "worker: \(line)")
    }
}
