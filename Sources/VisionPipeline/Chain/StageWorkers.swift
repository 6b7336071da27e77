internal import Foundation
internal import WorkerLink

/// A stage of which several work at a time, each on a thread of its own, and the chain behind it, which has one too.
///
/// Frames go out in the order in which they came. A few are under way at most: whoever brings one more waits, so that
/// a file plays as fast as the stage can, and a live source's queue drops its oldest.
final class StageWorkers: @unchecked Sendable {
    // Each slot belongs to one worker's thread and `rest` to the last thread; everything else that changes is guarded by
    // `condition`.

    /// Where a frame is on its way through.
    private enum Entry {
        case free
        case waiting(Frame)
        case working
        /// Nil: the stage has dropped it, or failed.
        case done(Frame?)
    }

    /// What is behind the stage.
    let rest: StageTree
    private let name: String
    private let slots: [StageSlot]
    private let times: StageTimes

    private let condition = NSCondition()
    /// A ring, one longer than there are workers: the next frame is there when one of them is done. A frame's place is its
    /// number modulo their count.
    private var entries: [Entry]
    /// Frames that came, that a worker has taken, that left the ring, and that were passed along behind.
    private var (came, taken, left, passed) = (0, 0, 0, 0)
    private var isStarted = false
    private var isStopped = false
    private var hasThreads = true
    private let startThread: StartThread
    /// As GStreamer's streaming threads have: libapriltag keeps arrays on the stack.
    private static let stackBytes = 8 << 20

    /// Starts a thread of that name; false when there is none to be had.
    typealias StartThread = (String, @escaping @Sendable () -> Void) -> Bool

    /// - Parameters:
    ///   - name: of the node; its threads are named so.
    ///   - slots: one a worker, at least one.
    init(
        name: String, slots: [StageSlot], times: StageTimes, rest: StageTree,
        startThread: @escaping StartThread = { DetachedThread.start(name: $0, stackBytes: StageWorkers.stackBytes, $1) }
    ) {
        self.name = name
        self.slots = slots
        self.times = times
        self.rest = rest
        self.startThread = startThread
        entries = Array(repeating: .free, count: slots.count + 1)
    }

    /// Brings a frame; waits while there is no room. From one thread at a time.
    func submit(_ frame: Frame) {
        condition.withLock {
            if !isStarted { start() }
            while came - left >= entries.count, !isStopped { condition.wait() }
            guard !isStopped else {
                if !hasThreads { times.recordFailure() }
                return
            }
            entries[came % entries.count] = .waiting(frame)
            came += 1
            condition.broadcast()
        }
    }

    /// Waits until all that came by now has come out at the very end, nobody cares any more, or the time is over.
    ///
    /// - Parameter deadline: nil: however long it takes. (`distantFuture` is more than the condition can count.)
    func drain(until deadline: Date? = nil) {
        condition.withLock {
            let goal = came
            while passed < goal, !isStopped {
                guard let deadline else {
                    condition.wait()
                    continue
                }
                if !condition.wait(until: deadline) { return }
            }
        }
        rest.drain(until: deadline)
    }

    /// Nothing comes out any more, and nobody waits; each thread ends after the frame it has. Any thread.
    func stop() {
        condition.withLock {
            isStopped = true
            for index in entries.indices { entries[index] = .free }
            condition.broadcast()
        }
        rest.interrupt()
    }

    // MARK: Threads

    /// With the first frame: a plan that is only checked has no threads.
    private func start() {
        isStarted = true
        var working = 0
        for (index, slot) in slots.enumerated() {
            let slot = Confined(slot)
            if startThread("\(index)-\(name)", { self.work(slot.value) }) { working += 1 }
        }
        if working == 0 || !startThread("out-\(name)", { self.passAlong() }) {
            Log.write("\(name): there are no threads to be had, so no frame passes")
            (isStopped, hasThreads) = (true, false)
        }
    }

    private func work(_ slot: StageSlot) {
        while let (number, frame) = take() {
            let start = MonotonicClock.now()
            var result: Frame?
            do {
                result = try slot.process(frame)
                times.record(nanoseconds: MonotonicClock.now() - start)
            } catch {
                times.recordFailure()
            }
            condition.withLock {
                guard !isStopped else { return }
                entries[number % entries.count] = .done(result)
                condition.broadcast()
            }
        }
    }

    private func take() -> (number: Int, frame: Frame)? {
        condition.withLock {
            while !isStopped {
                if taken < came, case .waiting(let frame) = entries[taken % entries.count] {
                    entries[taken % entries.count] = .working
                    taken += 1
                    return (taken - 1, frame)
                }
                condition.wait()
            }
            return nil
        }
    }

    private func passAlong() {
        while let frame = nextInOrder() {
            if let frame = frame.value { rest.offer(frame) }
            condition.withLock {
                passed += 1
                condition.broadcast()
            }
        }
    }

    private struct Passed { var value: Frame? }

    private func nextInOrder() -> Passed? {
        condition.withLock {
            while !isStopped {
                if case .done(let frame) = entries[left % entries.count] {
                    entries[left % entries.count] = .free
                    left += 1
                    condition.broadcast()
                    return Passed(value: frame)
                }
                condition.wait()
            }
            return nil
        }
    }

    /// On its way to the thread that it belongs to from then on.
    private struct Confined<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}
