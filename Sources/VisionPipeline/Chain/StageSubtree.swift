internal import Foundation
internal import WorkerLink

/// A stage and everything behind it, on a thread of its own where frames are live: what it is slow at holds up nobody.
///
/// While it works on one frame, the newest of those that come waits; one whose place a newer takes is counted as dropped, at
/// this stage. What is not live loses nothing: whoever brings a frame works on it himself.
final class StageSubtree: @unchecked Sendable {
    // `converter` belongs to the subtree's own thread; the rest of what changes is guarded by `condition`.

    let stage: StageNode
    private var converter: FrameConverter
    private let failures = DecodeFailures()

    private let condition = NSCondition()
    private var pending: Frame?
    /// When the frame that is worked on was taken.
    private var begun: Int64?
    private var isLive = false
    private var hasThread = false
    private var isStopped = false
    /// Frames that came, less those that were dropped, and those that are done.
    private var (taken, done) = (0, 0)

    init(_ stage: StageNode) {
        self.stage = stage
        converter = FrameConverter(counting: failures)
    }

    func configure(isLive: Bool) {
        condition.withLock { self.isLive = isLive }
        stage.behind.configure(isLive: isLive)
    }

    /// Takes the frame for its own thread. From one thread at a time.
    ///
    /// - Returns: false where whoever brings the frame has to work on it.
    func takes(_ frame: Frame) -> Bool {
        condition.withLock {
            guard !isStopped else { return true }
            guard isLive else { return false }
            // With the first frame: a plan that is only checked has no threads.
            if !hasThread { hasThread = DetachedThread.start(name: stage.id) { [self] in work() } }
            // Slow is better than nothing.
            guard hasThread else { return false }
            if pending != nil { stage.times.recordDrop() } else { taken += 1 }
            pending = frame
            condition.broadcast()
            return true
        }
    }

    private func work() {
        while let frame = next() {
            stage.run(frame, with: &converter)
            converter.finish()
            condition.withLock {
                done += 1
                begun = nil
                condition.broadcast()
            }
        }
    }

    private func next() -> Frame? {
        condition.withLock {
            while pending == nil, !isStopped { condition.wait() }
            begun = isStopped ? nil : MonotonicClock.now()
            return isStopped ? nil : pending.take()
        }
    }

    /// Since when its thread has been at one frame; nil while it waits for one.
    var busySince: Int64? { condition.withLock { begun } }

    /// JPEGs that could not be decoded for this way.
    var decodeErrors: UInt64 { failures.value }

    /// Waits until what has been taken by now is at the end of its way, nobody cares any more, or the time is over.
    ///
    /// - Parameter deadline: nil: however long it takes.
    func drain(until deadline: Date?) {
        condition.withLock {
            let goal = taken
            while done < goal, !isStopped {
                guard let deadline else {
                    condition.wait()
                    continue
                }
                if !condition.wait(until: deadline) { return }
            }
        }
        stage.drain(until: deadline)
    }

    /// What waits is given up, and the thread ends after the frame it has. Any thread.
    func stop() {
        condition.withLock {
            isStopped = true
            pending = nil
            condition.broadcast()
        }
        stage.interrupt()
    }
}
