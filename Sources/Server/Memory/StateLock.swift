import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Keeps other servers out of a directory as long as it lives, and with it as long as this process does.
final class StateLock: Sendable {
    /// Another server has the directory.
    struct Taken: Error {
        /// Its process id, where it could be read.
        var process: Int?
    }

    private let descriptor: CInt

    /// - Throws: `Taken`, or `StateTrouble` where there can be no lock.
    init(_ directory: String) throws {
        let path = "\(directory)/lock"
        // On a medium that is only read, others still can be kept out.
        let writing = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let reason = errno
        descriptor = writing >= 0 ? writing : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StateTrouble(errno: reason) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let words = try? String(contentsOfFile: path, encoding: .utf8)
            close(descriptor)
            throw Taken(process: words.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
        }
        // For whoever is turned away; nothing depends on it.
        let words = Array("\(getpid())\n".utf8)
        if writing >= 0, ftruncate(writing, 0) == 0 { _ = pwrite(writing, words, words.count, 0) }
    }

    /// The same after a moment's wait: a server that ends, or a process that it was just starting, may still have it.
    static func awaited(_ directory: String) async throws -> StateLock {
        for _ in 1...20 {
            do {
                return try StateLock(directory)
            } catch is Taken {
                try? await Task.sleep(for: .milliseconds(25))
            }
        }
        return try StateLock(directory)
    }

    deinit { close(descriptor) }
}
