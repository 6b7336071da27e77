import NIOCore
import Synchronization
import WorkerLink

/// What becomes of the server's instances and plans, and those who watch it. Costs nothing while nobody does.
///
/// Whoever knows of a change says only where (`touch`); `StatePublisher` looks there and publishes what is different.
/// Watchers stay on their event loops; everything else may be called from any thread.
final class StateEvents: Sendable {
    private struct State {
        var board = StateBoard()
        var changes = StateChanges()
        /// By event loop.
        var lanes: [ObjectIdentifier: WatcherLane] = [:]
        var watchers = 0
        var requests: UInt64 = 0
        /// How often somebody has begun to watch while nobody did.
        var watch: UInt64 = 0
        /// Version of the plans that watchers may have seen; nil: unknown yet.
        var plans: UInt64?
    }

    private let state = Mutex(State())
    private let watched = Atomic<Bool>(false)
    /// There is work, or there is none any more; one element stands for any number of reasons.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isWatched: Bool { watched.load(ordering: .acquiring) }

    /// How many watch just now.
    var watchers: Int { state.withLock(\.watchers) }

    // MARK: Those who know

    /// Something of an instance may be different.
    ///
    /// - Parameter isUrgent: its state is; numbers wait for the next round.
    func touch(_ instance: String, isUrgent: Bool = false) {
        guard isWatched else { return }
        let isNews = state.withLock { $0.changes.touch(instance, isUrgent: isUrgent, at: MonotonicClock.now()) }
        if isNews { wake.yield() }
    }

    // MARK: Those who watch

    /// Adds a watcher, who gets a snapshot and then what is different.
    ///
    /// - Parameter rights: of what it may see.
    /// - Precondition: called on `loop`, the watcher's own.
    func watch(_ output: any EventOutput, sees rights: Rights = .all, on loop: any EventLoop) -> StateWatcher {
        let (lane, request) = state.withLock { state in
            let lane = state.lanes[ObjectIdentifier(loop)] ?? WatcherLane(on: loop, events: self)
            state.lanes[ObjectIdentifier(loop)] = lane
            if state.watchers == 0 { state.watch += 1 }
            state.watchers += 1
            watched.store(true, ordering: .releasing)
            return (lane, Self.request(&state))
        }
        let watcher = StateWatcher(output, sees: rights, request: request)
        lane.add(watcher)
        wake.yield()
        return watcher
    }

    /// Removes a watcher; harmless when it is gone already.
    ///
    /// - Precondition: called on `loop`, the watcher's own.
    func unwatch(_ watcher: StateWatcher, on loop: any EventLoop) {
        guard let lane = lane(on: loop), lane.remove(watcher) else { return }
        state.withLock { state in
            if lane.isEmpty { state.lanes[ObjectIdentifier(loop)] = nil }
            state.watchers -= 1
            guard state.watchers == 0 else { return }
            watched.store(false, ordering: .releasing)
            state.board.forgetAll()
            (state.changes, state.plans) = (StateChanges(), nil)
        }
        wake.yield()
    }

    /// The watcher can take events again.
    ///
    /// - Precondition: called on `loop`, the watcher's own.
    func resume(_ watcher: StateWatcher, on loop: any EventLoop) { lane(on: loop)?.resume(watcher) }

    private func lane(on loop: any EventLoop) -> WatcherLane? { state.withLock { $0.lanes[ObjectIdentifier(loop)] } }

    var board: StateBoard { state.withLock(\.board) }

    /// - Returns: the number of what was asked for.
    func requestSnapshot() -> UInt64 {
        defer { wake.yield() }
        return state.withLock { Self.request(&$0) }
    }

    private static func request(_ state: inout State) -> UInt64 {
        state.requests += 1
        state.changes.wantSnapshot(state.requests)
        return state.requests
    }

    // MARK: The publisher

    /// What is to be looked at now, and when to ask again (CLOCK_MONOTONIC, nanoseconds); nil while nobody watches.
    ///
    /// What was published under another number of `watch`, nobody knows any more.
    func takeWork() -> (work: StateChanges.Work, next: Int64, watch: UInt64)? {
        state.withLock { state in
            guard state.watchers > 0 else { return nil }
            let work = state.changes.take(at: MonotonicClock.now())
            return (work, state.changes.nextDue, state.watch)
        }
    }

    /// It is time to ask for work again.
    func wakeUp() { wake.yield() }

    /// - Parameters:
    ///   - subject: of which only the newest event counts.
    ///   - members: of the JSON object, besides its type and number.
    ///   - narrowed: the same for those who may not see everything.
    func publish(
        _ kind: StateEvent.Kind, of subject: String, members: String = "",
        narrowed: @escaping StateEvent.Narrowed = { _ in nil }
    ) {
        tell { $0.publish(kind, of: subject, members: members, narrowed: narrowed) }
    }

    /// - Parameter request: the last one that was there when it was begun.
    func publishSnapshot(
        members: String, answering request: UInt64, narrowed: @escaping StateEvent.Narrowed = { _ in nil }
    ) {
        tell { $0.publishSnapshot(members: members, answering: request, narrowed: narrowed) }
    }

    /// The plans directory has been looked at.
    ///
    /// - Parameter version: another one where anything about the plans is; nil: it could not be read.
    func plansAre(_ version: UInt64?) {
        let isNews = state.withLock { state in
            state.changes.lookedAtPlans(at: MonotonicClock.now())
            guard let version else { return false }
            defer { state.plans = version }
            return state.plans.map { $0 != version } ?? false
        }
        if isNews { publish(.plansChanged, of: "plans") }
        wake.yield()
    }

    private func tell(_ change: (inout StateBoard) -> Void) {
        let lanes = state.withLock { state -> [WatcherLane] in
            guard state.watchers > 0 else { return [] }
            change(&state.board)
            return Array(state.lanes.values)
        }
        for lane in lanes { lane.wake() }
    }
}
