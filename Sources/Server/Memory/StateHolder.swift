import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// The server that has a directory of state at the moment.
package struct StateHolder: Sendable {
    /// Its process.
    package let process: Int32

    /// Nil where there is none.
    package init?(of directory: String) {
        let descriptor = open("\(directory)/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // One that has ended leaves its number, and no lock.
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0,
            let number = Int32(
                String(decoding: bytes.prefix(count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)),
            number > 1
        else { return nil }
        process = number
    }

    /// Tells it to read its configuration again.
    ///
    /// - Throws: `ServiceError` `configuration` where this may not be told.
    package func reload() throws(ServiceError) {
        guard kill(process, SIGHUP) == 0 else {
            throw .stateHolder("process \(process) cannot be told: \(String(cString: strerror(errno)))")
        }
    }
}

extension ServiceError {
    fileprivate static func stateHolder(_ message: String) -> Self { Self(.configuration, message) }
}
