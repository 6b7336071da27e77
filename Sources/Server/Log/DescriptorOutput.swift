#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// write(2) for standard output and standard error, where whoever reads may be gone and a disk be full.
///
/// Foundation's `FileHandle.write` ends the process then.
package enum DescriptorOutput {
    /// What became of bytes.
    package enum Outcome: Sendable, Hashable {
        case all
        /// So many were taken before that error; an `errno`.
        case failed(written: Int, error: Int32)
    }

    /// Writes all of it, and waits as long as that takes.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Outcome {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                guard let start = bytes.baseAddress else { break }
                let count = writeOnce(descriptor, start + written, bytes.count - written)
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    // Somebody else has made it non-blocking: a terminal is shared with the shell.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return .failed(written: written, error: errno)
                }
            }
            return .all
        }
    }

    private static func writeOnce(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, start, count)
        #else
        Darwin.write(descriptor, start, count)
        #endif
    }
}
