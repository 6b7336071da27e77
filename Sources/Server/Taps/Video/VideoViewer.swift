import NIOCore
import Synchronization
import WorkerLink

/// One who watches video as it is coded: every unit in its order, or, where that is too slow, again from a keyframe on.
///
/// The chain is never broken: whoever is behind by more than a few seconds misses all up to the next keyframe.
final class VideoViewer: Sendable {
    private struct State {
        var waiting: [ReceivedUnit] = []
        var byteCount = 0
        /// Nothing is of use before a keyframe.
        var awaitsKey = true
        var skipped = 0
        var hasEnded = false
        var reader: CheckedContinuation<ReceivedUnit?, Never>?

        /// More waits than whoever watches will ever come through.
        func isBehind(with unit: ReceivedUnit) -> Bool {
            guard let oldest = waiting.first else { return false }
            return byteCount + unit.bytes.readableBytes > byteLimit
                || unit.header.captured &- oldest.header.captured > patience
        }

        mutating func skipWaiting() {
            skipped += waiting.count
            (waiting, byteCount) = ([], 0)
        }
    }

    /// What may wait, bytes: what one begins with, and some more.
    private static let byteLimit = 12 << 20
    /// How much older than the newest the oldest that waits may be, nanoseconds: what one begins with is ten seconds at most.
    private static let patience: Int64 = 12_000_000_000

    private let state = Mutex(State())
    /// What came before it did is older than this: CLOCK_MONOTONIC, nanoseconds.
    let arrived = MonotonicClock.now()

    /// Units that it has missed, being slow or behind a gap.
    var skipped: Int { state.withLock(\.skipped) }

    /// - Parameter isBehindGap: one is missing before it.
    func offer(_ unit: ReceivedUnit, isBehindGap: Bool = false) {
        let reader = state.withLock { state -> CheckedContinuation<ReceivedUnit?, Never>? in
            guard !state.hasEnded else { return nil }
            if unit.header.isKey {
                // A keyframe is a better beginning than what is too much by now.
                if state.isBehind(with: unit) { state.skipWaiting() }
                state.awaitsKey = false
            } else if isBehindGap || state.isBehind(with: unit) {
                state.skipWaiting()
                state.awaitsKey = true
            }
            guard !state.awaitsKey else {
                state.skipped += 1
                return nil
            }
            if let reader = state.reader.take() { return reader }
            state.waiting.append(unit)
            state.byteCount += unit.bytes.readableBytes
            return nil
        }
        reader?.resume(returning: unit)
    }

    /// The next unit; nil when no more will come, or the task is cancelled. From one task at a time.
    func next() async -> ReceivedUnit? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let unit = state.withLock { state -> ReceivedUnit?? in
                    if !state.waiting.isEmpty {
                        let unit = state.waiting.removeFirst()
                        state.byteCount -= unit.bytes.readableBytes
                        return .some(unit)
                    }
                    guard !state.hasEnded else { return .some(nil) }
                    state.reader = continuation
                    return nil
                }
                if let unit { continuation.resume(returning: unit) }
            }
        } onCancel: {
            end()
        }
    }

    /// What waits is still read, and then there is no more.
    func end() {
        let reader = state.withLock { state in
            state.hasEnded = true
            return state.reader.take()
        }
        reader?.resume(returning: nil)
    }
}
