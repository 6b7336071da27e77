import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The threads that all lanes of a worker share: min(cores, 4), below capture's priority.
///
/// Jobs run first in, first out; a lane has at most one in the queue, so that no lane starves another. The threads end
/// when the pool is released.
public final class EncoderPool: Sendable {
    private let queue = JobQueue()
    private let count: Int

    /// - Parameter threads: 1…64; nil for min(cores, 4).
    public init(threads: Int? = nil) {
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        count = max(1, min(threads ?? min(cores, 4), 64))
        for _ in 0..<count { EncoderThread.start(on: queue) }
    }

    deinit {
        // Nothing is queued any more: a queued job holds its tap, and that the pool.
        queue.close(readers: count)
    }

    func submit(_ job: any EncoderJob) {
        queue.append(job)
    }
}

/// Work for an encoder thread.
protocol EncoderJob: Sendable {
    /// - Parameter encoder: the thread's own.
    func run(on encoder: PictureEncoder)
}

/// What the pool and its threads share; it outlives the pool by as long as a thread needs to end.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [any EncoderJob] = []
        /// Where the next job stands; the array is cleared when all are taken.
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    func append(_ job: any EncoderJob) {
        state.withLock { $0.jobs.append(job) }
        available.signal()
    }

    func close(readers: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<readers { available.signal() }
    }

    /// Waits for a job; nil when the queue is closed.
    func take() -> (any EncoderJob)? {
        while true {
            available.wait()
            let (job, isClosed) = state.withLock { state -> ((any EncoderJob)?, Bool) in
                guard state.next < state.jobs.count else { return (nil, state.isClosed) }
                let job = state.jobs[state.next]
                state.next += 1
                if state.next == state.jobs.count {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.next = 0
                }
                return (job, state.isClosed)
            }
            if job != nil || isClosed { return job }
        }
    }
}
