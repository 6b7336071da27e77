internal import Synchronization
internal import WorkerLink

/// What crossed one outlet: written by its streaming threads, read by whoever reports.
final class OutletCounts: Sendable {
    private struct State {
        var arrivals = ArrivalMeter()
        var refused: UInt64 = 0
        /// When the attempt began: what had come to the queue, and how many of that were refused.
        var before: (offered: UInt64, refused: UInt64, count: UInt64) = (0, 0, 0)
        /// When something was last refused: CLOCK_MONOTONIC, nanoseconds.
        var refusal: Int64?
        /// Of the newest frame: its time, and how often its source's clock had begun anew.
        var newest: (time: Int64, epoch: Int)?
        /// The highest number of losses reported; a count never goes back.
        var lost: UInt64 = 0
        var warnings: Set<SourceWarning> = []
        /// The longest silence that ended by itself, seconds; 0: none did.
        var survived: Double
    }

    private let state: Mutex<State>
    private let offered = Atomic<UInt64>(0)
    private let live = Atomic<Bool>(false)
    private let prerolled = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)

    /// - Parameter survived: what a worker before has found, seconds.
    init(survived: Double? = nil) { state = Mutex(State(survived: survived ?? 0)) }

    /// Another attempt begins; counts go on.
    ///
    /// - Returns: frames of those before.
    func begin() -> UInt64 {
        ended.store(false, ordering: .releasing)
        prerolled.store(false, ordering: .releasing)
        let offered = offered.load(ordering: .relaxed)
        return state.withLock {
            $0.before = (offered, $0.refused, $0.arrivals.count)
            $0.arrivals.begin()
            return $0.arrivals.count
        }
    }

    /// Of a film: a picture of this attempt has come, and was not refused. Where none has crossed yet, it waits for its time.
    var hasCome: Bool {
        let offered = offered.load(ordering: .relaxed)
        return !isLive && state.withLock { offered &- $0.before.offered > $0.refused &- $0.before.refused }
    }

    var frames: UInt64 { state.withLock { $0.arrivals.count } }

    /// A buffer has come to the outlet's queue, which may lose it.
    func offer() { offered.add(1, ordering: .relaxed) }

    /// The newest frame that has crossed, of whichever attempt.
    var newest: (time: Int64, epoch: Int)? { state.withLock { $0.newest } }

    /// - Parameters:
    ///   - time: of the frame; `epoch` as well.
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: nanoseconds since the one before of the same attempt.
    func receive(time: Int64, epoch: Int, at now: Int64) -> Int64? {
        state.withLock {
            $0.newest = (time, epoch)
            return $0.arrivals.note(now)
        }
    }

    /// A silence has ended by itself, and its source was there all the while: nanoseconds.
    func survive(_ silence: Int64) {
        state.withLock { $0.survived = max($0.survived, Double(silence) / 1e9) }
    }

    /// A frame shows something that a viewer ought to know.
    ///
    /// - Returns: whether it is the first to do so.
    func warn(of warning: SourceWarning) -> Bool { state.withLock { $0.warnings.insert(warning).inserted } }

    /// A frame was broken or too large.
    func refuse() {
        state.withLock {
            $0.refused += 1
            $0.refusal = MonotonicClock.now()
        }
    }

    /// When a frame of it last came out, or was refused: CLOCK_MONOTONIC, nanoseconds.
    var lastActivity: Int64? { state.withLock { [$0.arrivals.last, $0.refusal].compactMap(\.self).max() } }

    /// Of a film: all pictures of this attempt that have come to the outlet have come out of it, or were refused.
    var isDrained: Bool {
        let offered = offered.load(ordering: .acquiring)
        return state.withLock {
            offered &- $0.before.offered == ($0.arrivals.count &- $0.before.count) &+ ($0.refused &- $0.before.refused)
        }
    }
    /// How many were.
    var refused: UInt64 { state.withLock { $0.refused } }

    var isLive: Bool {
        get { live.load(ordering: .acquiring) }
        set { live.store(newValue, ordering: .releasing) }
    }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }
    func preroll() { prerolled.store(true, ordering: .releasing) }
    /// The first frame waits, or none will come.
    var isReady: Bool { prerolled.load(ordering: .acquiring) || hasEnded }
    func end() { ended.store(true, ordering: .releasing) }

    /// - Parameter waiting: buffers in the queue now, which are not lost.
    func progress(node: String, waiting: UInt64) -> SourceProgress {
        let isLive = isLive
        let offered = offered.load(ordering: .relaxed)
        return state.withLock {
            if isLive {
                // One more may be between queue and sink.
                let accounted = $0.arrivals.count + $0.refused + waiting + 1
                $0.lost = max($0.lost, offered > accounted ? offered - accounted : 0)
            }
            return SourceProgress(
                node: node, frames: $0.arrivals.count, lastFrame: $0.arrivals.last, dropped: $0.lost + $0.refused,
                isLive: isLive, hasEnded: hasEnded, interval: $0.arrivals.medianInterval,
                fps: $0.arrivals.rate(at: MonotonicClock.now()), decodeErrors: $0.refused,
                warnings: $0.warnings.sorted { $0.rawValue < $1.rawValue },
                rhythm: SourceRhythm(
                    known: $0.arrivals.known, longest: $0.arrivals.longestInterval,
                    survived: $0.survived > 0 ? $0.survived : nil))
        }
    }
}
