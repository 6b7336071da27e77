import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Room on a disk that is given up where nothing else has any.
struct DiskReserve: Sendable {
    /// Enough to take back a plan of ordinary length, bytes.
    private static let size = 256 << 10

    let path: String

    /// Takes the room, unless it has it. Where there is none, there is no reserve.
    func make() {
        guard access(path, F_OK) != 0 else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isThere = posix_fallocate(descriptor, 0, Self.size) == 0
        close(descriptor)
        if !isThere { unlink(path) }
    }

    /// - Returns: whether there was any.
    func release() -> Bool { unlink(path) == 0 }
}
