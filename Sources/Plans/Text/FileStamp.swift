#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What tells one state of a plan's file from another: links are followed, and a file that was written anew in the same moment, as long
/// as before, has another time of change.
package struct FileStamp: Hashable, Sendable {
    private var inode: UInt64
    private var size: Int64
    /// Nanoseconds since 1970.
    private var modified: Int64
    private var changed: Int64

    /// Nanoseconds: two writes within it may bear the same time, since clocks of file systems tick coarsely.
    private static let coarseness: Int64 = 100_000_000

    /// Nil where there is no such file.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
    }

    /// It is so old that whatever is written from now on gives another stamp.
    package var isSettled: Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Self.nanoseconds(now) - max(modified, changed) > Self.coarseness
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
