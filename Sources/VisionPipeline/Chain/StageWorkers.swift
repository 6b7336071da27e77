internal import Foundation
internal import WorkerLink

/// A stage of which several work at a time, each on a thread of its own, and the chain behind it, which has one too.
///
/// Frames go out in the order in which they came. A few are under way at most: whoever brings one more waits, so that
/// a file plays as fast as the stage can, and a live source's queue drops its oldest.
final class StageWorkers: @unchecked Sendable {
    // Each seat belongs to one worker's thread and `rest` to the last thread; the rest of the state is guarded by
    // `condition`.

    private enum Slot {
        case free
        case waiting(Frame)
        case working
        /// Nil: the stage has dropped it, or failed.
        case done(Frame?)
    }

    /// The nodes behind, and theirs.
    let behind: [StageTree.Node]
    private let nested: [StageWorkers]
    private let name: String
    private let seats: [StageSeat]
    private let times: StageTimes
    private var rest: StageTree

    private let condition = NSCondition()
    /// One more than workers: the next frame is there when one of them is done. A frame's place is its number modulo
    /// their count.
    private var slots: [Slot]
    /// Frames that came, that a worker has taken, that left their slot, and that were passed along behind.
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
    ///   - seats: one a worker, at least one.
    init(
        name: String, seats: [StageSeat], times: StageTimes, rest: StageTree,
        startThread: @escaping StartThread = { DetachedThread.start(name: $0, stackBytes: StageWorkers.stackBytes, $1) }
    ) {
        self.name = name
        self.seats = seats
        self.times = times
        self.rest = rest
        self.startThread = startThread
        behind = rest.allNodes
        nested = rest.workers
        slots = Array(repeating: .free, count: seats.count + 1)
    }

    /// Brings a frame; waits while there is no room. From one thread at a time.
    func submit(_ frame: Frame) {
        condition.withLock {
            if !isStarted { start() }
            while came - left >= slots.count, !isStopped { condition.wait() }
            guard !isStopped else {
                if !hasThreads { times.recordFailure() }
                return
            }
            slots[came % slots.count] = .waiting(frame)
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
        for workers in nested { workers.drain(until: deadline) }
    }

    /// Nothing comes out any more, and nobody waits; each thread ends after the frame it has. Any thread.
    func stop() {
        condition.withLock {
            isStopped = true
            for index in slots.indices { slots[index] = .free }
            condition.broadcast()
        }
        for workers in nested { workers.stop() }
    }

    // MARK: Threads

    /// With the first frame: a plan that is only checked has no threads.
    private func start() {
        isStarted = true
        var working = 0
        for (index, seat) in seats.enumerated() {
            let seat = Confined(seat)
            if startThread("\(index)-\(name)", { self.work(seat.value) }) { working += 1 }
        }
        if working == 0 || !startThread("out-\(name)", { self.passAlong() }) {
            Log.write("\(name): there are no threads to be had, so no frame passes")
            (isStopped, hasThreads) = (true, false)
        }
    }

    private func work(_ seat: StageSeat) {
        while let (number, frame) = take() {
            let start = MonotonicClock.now()
            var result: Frame?
            do {
                result = try seat.process(frame)
                times.record(nanoseconds: MonotonicClock.now() - start)
            } catch {
                times.recordFailure()
            }
            condition.withLock {
                guard !isStopped else { return }
                slots[number % slots.count] = .done(result)
                condition.broadcast()
            }
        }
    }

    private func take() -> (number: Int, frame: Frame)? {
        condition.withLock {
            while !isStopped {
                if taken < came, case .waiting(let frame) = slots[taken % slots.count] {
                    slots[taken % slots.count] = .working
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
            if let frame = frame.value { rest.run(frame) }
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
                if case .done(let frame) = slots[left % slots.count] {
                    slots[left % slots.count] = .free
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
