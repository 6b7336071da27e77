#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// CLOCK_MONOTONIC: the same in the server and in its workers, and the only clock that ages are measured with.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary moment, usually boot.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
