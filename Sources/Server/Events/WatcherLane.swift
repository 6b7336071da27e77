import NIOCore
import Synchronization

/// The watchers on one event loop, and how they hear that there is something new.
final class WatcherLane: Sendable {
    let loop: any EventLoop
    /// A turn is on the loop's queue.
    private let isScheduled = Atomic<Bool>(false)
    private let watchers: NIOLoopBound<LoopWatchers>
    /// Which holds this only while there are watchers.
    private let events: StateEvents

    /// - Precondition: called on `loop`.
    init(on loop: any EventLoop, events: StateEvents) {
        self.loop = loop
        self.events = events
        watchers = NIOLoopBound(LoopWatchers(), eventLoop: loop)
    }

    /// From any thread. A loop that is busy finds the newest of everything when it comes to it.
    func wake() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.execute {
            self.isScheduled.store(false, ordering: .releasing)
            self.watchers.value.begin()
            self.turn()
        }
    }

    private func turn() {
        if watchers.value.serve(events.board, request: events.requestSnapshot) { loop.execute { self.turn() } }
    }

    // MARK: On the loop

    var isEmpty: Bool { watchers.value.isEmpty }

    func add(_ watcher: StateWatcher) { watchers.value.add(watcher) }

    /// - Returns: whether it was there.
    func remove(_ watcher: StateWatcher) -> Bool { watchers.value.remove(watcher) }

    /// Its socket has opened again.
    func resume(_ watcher: StateWatcher) {
        watchers.value.serve(watcher, events.board, request: events.requestSnapshot)
    }
}
