import Glibc

/// Clocks in nanoseconds.
///
/// What runs on one thread is measured in that thread's processor time: other programs on the machine then cost it
/// cache, but not its turn.
enum ProcessorTime {
    /// Of this thread.
    static var thread: Int64 { now(CLOCK_THREAD_CPUTIME_ID) }
    /// Of all threads of this process.
    static var process: Int64 { now(CLOCK_PROCESS_CPUTIME_ID) }
    /// Of the machine.
    static var wall: Int64 { now(CLOCK_MONOTONIC) }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What `body` takes of this thread when it is done `count` times.
    static func thread(_ count: Int, _ body: () throws -> Void) rethrows -> Int64 {
        let start = thread
        for _ in 0..<count { try body() }
        return thread - start
    }
}
