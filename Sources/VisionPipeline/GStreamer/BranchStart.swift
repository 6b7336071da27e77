internal import Synchronization

/// When a branch's time begins: with the first frame that any of its inlets gets.
final class BranchStart: Sendable {
    private struct State {
        var origin: Int64?
        var instant: Int64?
        /// By way in, nanoseconds.
        var delays: [ObjectIdentifier: Int64] = [:]
        var begin: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// - Parameter origin: known beforehand for a segment that has sources of its own, whose time is the plan's.
    init(origin: Int64? = nil) {
        state = Mutex(State(origin: origin))
    }

    /// - Parameter begin: called once, on the streaming thread that brings the first frame, or at once; must not block.
    func whenBegun(_ begin: @escaping @Sendable () -> Void) {
        let hasBegun = state.withLock { state in
            if state.origin == nil { state.begin = begin }
            return state.origin != nil
        }
        if hasBegun { begin() }
    }

    var hasBegun: Bool { state.withLock { $0.origin != nil } }

    /// How late what comes by one of several ways is, nanoseconds.
    func note(delay: Int64, of way: ObjectIdentifier) { state.withLock { $0.delays[way] = delay } }

    /// Of the latest of them.
    var longestDelay: Int64 { state.withLock { $0.delays.values.max() ?? 0 } }

    /// What was zero in the branch by the machine's clock: when its first frame was captured, as far as that is known.
    /// CLOCK_MONOTONIC, nanoseconds.
    var instant: Int64? { state.withLock { $0.instant } }

    /// The instant that is zero in the branch; `time` when nothing came before.
    ///
    /// - Parameter instant: the same by the machine's clock, where it is known.
    func origin(for time: Int64, at instant: Int64? = nil) -> Int64 {
        let (origin, begin) = state.withLock { state -> (Int64, (@Sendable () -> Void)?) in
            if let origin = state.origin { return (origin, nil) }
            (state.origin, state.instant) = (time, instant)
            return (time, state.begin.take())
        }
        begin?()
        return origin
    }
}
