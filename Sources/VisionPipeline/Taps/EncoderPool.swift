import Dispatch
import Foundation
import Synchronization
public import WorkerLink

/// The threads that all lanes of a worker share, min(cores, 4) below capture's priority, and where their pictures go.
///
/// Jobs run first in, first out; a lane has at most one in the queue, so that no lane starves another, and more than one under
/// way only while threads are idle. The threads end when the pool is released.
public final class EncoderPool: Sendable {
    /// Takes each finished picture, on an encoder thread.
    let deliver: @Sendable (EncodedFrame) -> Void
    private let queue = JobQueue()
    private let count: Int

    /// - Parameters:
    ///   - threads: 1…64; nil for min(cores, 4).
    ///   - deliver: called on encoder threads with each finished picture; must not block. A plan that is only checked needs none.
    public init(threads: Int? = nil, deliver: @escaping @Sendable (EncodedFrame) -> Void = { _ in }) {
        self.deliver = deliver
        let cores = ProcessInfo.processInfo.activeProcessorCount
        count = max(1, min(threads ?? min(cores, 4), 64))
        for _ in 0..<count { EncoderThread.start(on: queue) }
    }

    deinit {
        // Nothing is queued any more: a queued job holds its tap, and that the pool.
        queue.close(readers: count)
    }

    /// Threads for which there is nothing to do, at this moment.
    var idle: Int { max(count - queue.unfinished, 0) }

    /// Runs `job` on one of the threads, behind those that came before, with the thread's own encoder.
    func submit(_ job: @escaping JobQueue.Job) {
        queue.append(job)
    }
}

/// What the pool and its threads share; it outlives the pool by as long as a thread needs to end.
final class JobQueue: Sendable {
    typealias Job = @Sendable (PictureEncoder) -> Void

    private struct State {
        var jobs = RingBuffer<Job>()
        var isClosed = false
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    private let jobs = Atomic<Int>(0)

    /// Jobs that wait or run.
    var unfinished: Int { jobs.load(ordering: .relaxed) }

    /// How many jobs fit without more memory.
    var capacity: Int { state.withLock { $0.jobs.capacity } }

    func append(_ job: @escaping Job) {
        jobs.add(1, ordering: .relaxed)
        state.withLock { $0.jobs.append(job) }
        available.signal()
    }

    /// A job that was taken is done.
    func finish() { jobs.subtract(1, ordering: .relaxed) }

    func close(readers: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<readers { available.signal() }
    }

    /// Waits for a job; nil when the queue is closed.
    func take() -> Job? {
        while true {
            available.wait()
            let (job, isClosed) = state.withLock { ($0.jobs.popFirst(), $0.isClosed) }
            if job != nil || isClosed { return job }
        }
    }
}
