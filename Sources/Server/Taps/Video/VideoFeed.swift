import NIOCore
import Synchronization
import WorkerLink

/// The viewers of one tap's video as its camera sends it. Units come while there are viewers.
///
/// What comes is kept once for all of them, as long as somebody watches: who comes begins with the last keyframe, and who is
/// behind goes on from where he is. The worker's side may call from any thread; viewers stay on their event loops.
final class VideoFeed: Sendable {
    private struct State {
        var log = UnitLog<SharedUnit>(keepsBefore: true)
        var lanes: [ObjectIdentifier: LoopLane<VideoAudience>] = [:]
        var viewers = 0
        /// Of the newest unit, as workers' numbers go: 0 before a worker's first.
        var sequence: UInt64 = 0
        /// Of the newest unit, over workers; those that were lost are counted.
        var ordinal: UInt64 = 0
        /// A worker was told that somebody watches: what it sends is kept, since who comes now is nothing new to it.
        var isAsked = false
        /// Of the last keyframe.
        var codec: String?
        var hasEnded = false
        /// Lanes whose viewers have not had the end yet.
        var ending = 0

        /// Nobody needs what comes.
        var isUnwanted: Bool { viewers == 0 && !isAsked }

        /// What comes when somebody watches again begins anew.
        mutating func forget() -> [SharedUnit] {
            sequence = 0
            return log.clear()
        }
    }

    private let state = Mutex(State())
    private let demandChanged: @Sendable () -> Void

    /// - Parameter demandChanged: somebody watches now, or nobody any more; called with no lock held.
    init(demandChanged: @escaping @Sendable () -> Void) { self.demandChanged = demandChanged }

    /// Somebody watches.
    var isWanted: Bool { state.withLock { $0.viewers > 0 } }

    /// How many do.
    var viewers: Int { state.withLock(\.viewers) }

    // MARK: The worker's side

    /// A worker's unit; from the link's event loop.
    func publish(_ received: ReceivedUnit) {
        let number = state.withLock { state -> (ordinal: UInt64, codec: String?, isSound: Bool)? in
            // What a worker was still at when the last one left is nobody's beginning.
            guard !state.isUnwanted, !state.hasEnded else { return nil }
            // A worker that is asked anew begins once more with its last keyframe.
            let isNext = received.header.sequence > state.sequence
            guard isNext || received.header.isKey else { return nil }
            let missed = isNext && state.sequence > 0 ? received.header.sequence - state.sequence - 1 : 0
            state.sequence = received.header.sequence
            state.ordinal &+= 1 &+ missed
            return (state.ordinal, state.codec, missed == 0)
        }
        guard let number else { return }
        // The bytes are copied outside the lock; one link publishes one unit after the other.
        let unit = SharedUnit(received, ordinal: number.ordinal, codec: number.codec)
        let (lanes, old) = state.withLock { state -> ([LoopLane<VideoAudience>], [SharedUnit]) in
            guard !state.isUnwanted, !state.hasEnded else { return ([], []) }
            if !number.isSound { state.log.breakOff() }
            state.codec = unit.codec
            return (Array(state.lanes.values), state.log.append(unit))
        }
        _ = old
        for lane in lanes { lane.offer(unit) }
    }

    /// A new worker begins: nothing of the one before leads to its pictures.
    func attemptStarted() {
        let old = state.withLock { state in
            state.isAsked = false
            guard state.viewers > 0 else { return state.forget() }
            state.log.breakOff()
            state.sequence = 0
            return []
        }
        _ = old
    }

    /// What the worker is told from now on.
    ///
    /// - Returns: whether somebody watches.
    func takeDemand() -> Bool {
        let (isWanted, old) = state.withLock { state in
            state.isAsked = state.viewers > 0
            return (state.isAsked, state.isAsked ? [] : state.forget())
        }
        _ = old
        return isWanted
    }

    /// Nobody sends anything just now.
    func detach() {
        let old = state.withLock { state in
            state.isAsked = false
            return state.viewers > 0 ? [] : state.forget()
        }
        _ = old
    }

    func stateChanged(_ change: InstanceStateChange) {
        for lane in lanes { lane.stateChanged(change) }
    }

    func codingChanged() {
        for lane in lanes { lane.codingChanged() }
    }

    /// No unit will come any more.
    func end(_ reason: FailureReason) {
        let lanes = state.withLock { state in
            state.hasEnded = true
            state.viewers = 0
            state.ending = state.lanes.count
            defer { state.lanes = [:] }
            return Array(state.lanes.values)
        }
        for lane in lanes {
            lane.end(reason)
            lane.loop.execute { self.hasEnded(lane) }
        }
    }

    /// Those on its loop have had the rest.
    private func hasEnded(_ lane: LoopLane<VideoAudience>) {
        let old = state.withLock { state in
            state.ending -= 1
            return state.ending == 0 ? state.log.clear() : []
        }
        _ = old
    }

    private var lanes: [LoopLane<VideoAudience>] { state.withLock { Array($0.lanes.values) } }

    // MARK: Viewers

    /// Somebody begins to watch; `leave` ends that. What leads to the newest picture is sent at once.
    ///
    /// - Precondition: called on `loop`.
    func watch(
        _ viewer: any VideoSubscriber, patience: Int64, numbers: ViewerNumbers, on loop: any EventLoop
    ) -> VideoSubscription {
        let (lane, first, isFirst) = state.withLock { state -> (LoopLane<VideoAudience>?, UInt64, Bool) in
            let next = state.ordinal &+ 1
            guard !state.hasEnded else { return (nil, next, false) }
            state.viewers += 1
            let lane = state.lanes[ObjectIdentifier(loop)] ?? LoopLane(VideoAudience(numbers: numbers), on: loop)
            state.lanes[ObjectIdentifier(loop)] = lane
            return (lane, next, state.viewers == 1)
        }
        let subscription = VideoSubscription(viewer, of: self, from: first, patience: patience, numbers: numbers)
        if let lane {
            lane.audience.add(subscription)
            subscription.resume()
        }
        if isFirst { demandChanged() }
        return subscription
    }

    /// - Returns: whether it was there.
    /// - Precondition: called on `loop`.
    func leave(_ subscription: VideoSubscription, on loop: any EventLoop) -> Bool {
        let (lane, last) = state.withLock { ($0.lanes[ObjectIdentifier(loop)], $0.ordinal) }
        // One that has ended is in no lane any more.
        let wasThere = lane?.audience.remove(subscription) == true
        subscription.leave(after: last)
        guard let lane, wasThere else { return false }
        let (isLast, old) = state.withLock { state -> (Bool, [SharedUnit]) in
            guard !state.hasEnded else { return (false, []) }
            if lane.audience.isEmpty { state.lanes[ObjectIdentifier(loop)] = nil }
            state.viewers -= 1
            return (state.viewers == 0, state.isUnwanted ? state.forget() : [])
        }
        _ = old
        if isLast { demandChanged() }
        return true
    }

    /// What is to be sent to who has had all up to `ordinal`: the next unit, or a keyframe where something is missing before that or it is
    /// too old; nil where there is nothing, or nothing of use.
    ///
    /// - Parameters:
    ///   - ordinal: nil: to who begins.
    ///   - patience: how much older than the newest it may be, nanoseconds, where there is a later keyframe.
    func unit(after ordinal: UInt64?, patience: Int64) -> SharedUnit? {
        state.withLock { state in
            let (units, fromKey) = (state.log.units, state.log.sinceKey)
            guard let newest = units.last, newest.ordinal > ordinal ?? 0 else { return nil }
            guard let ordinal else { return fromKey.first }
            let place = units.firstPlace { $0.ordinal > ordinal }
            let isTooOld = newest.captured &- units[place].captured > patience && fromKey.startIndex > place
            if units[place].ordinal == ordinal &+ 1 || units[place].isKey, !isTooOld {
                return units[place]
            }
            return fromKey.startIndex >= place ? fromKey.first : nil
        }
    }
}

extension [SharedUnit] {
    /// - Precondition: false for all before some place, and true from there on.
    fileprivate func firstPlace(where isBehind: (SharedUnit) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
