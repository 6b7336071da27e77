import Foundation
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

    /// Bytes of a line that are shown.
    static let longestLine = 1024
    /// How old the last words of a worker may be, nanoseconds.
    private static let telling: Int64 = .seconds(5)
    /// How many of them are kept: an abort has a word to say for each library that it passes.
    private static let kept = 8

    private struct State {
        var allowance = burst
        var refilled = MonotonicClock.now()
        var suppressed = 0
        var last: [(line: String, at: Int64)] = []
    }

    private let logger: Logger
    private let redaction: Redaction
    private let state = Mutex(State())

    init(logger: Logger, redaction: Redaction) {
        self.logger = logger
        self.redaction = redaction
    }

    /// The last line since `attemptStarted`, redacted; nil when it is so old that it says nothing of how the worker went.
    var lastLine: String? { lastLines.last }

    /// The last few of the same.
    var lastLines: [String] {
        let oldest = MonotonicClock.now() - Self.telling
        return state.withLock { $0.last }.filter { $0.at >= oldest }.map(\.line)
    }

    func attemptStarted() {
        state.withLock { $0.last = [] }
    }

    func append(_ line: LogLines.Line) {
        let line = shown(line)
        let (isAllowed, suppressed) = state.withLock { state -> (Bool, Int) in
            state.last = state.last.suffix(Self.kept - 1) + [(line, MonotonicClock.now())]
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

    /// Redacted first, then cut: half a password is no secret that could be found.
    private func shown(_ line: LogLines.Line) -> String {
        var text = redaction.apply(to: line.text)
        // The bound may have halved one; what stands before the last mask is known to be whole.
        if line.isCut, let mask = text.range(of: Redaction.mask, options: .backwards) {
            text = String(text[..<mask.upperBound])
        }
        return text.prefix(bytes: Self.longestLine)
    }
}
