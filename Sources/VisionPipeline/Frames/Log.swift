internal import Foundation
internal import Glibc
internal import Plans
internal import Synchronization
internal import WorkerLink

/// A worker's log: standard error, one line each, no credentials, and not the same over and over.
///
/// Where nobody reads it, lines are lost, and counted: neither the end of the process nor a wait of a streaming thread.
enum Log {
    /// A pipe takes so much whole or not at all (POSIX: PIPE_BUF).
    private static let longestLine = 4096

    private struct State {
        var repeated = RepeatedLines()
        /// Lines since one was last taken.
        var lost = 0
    }

    private static let state = Mutex(State())

    static func write(_ message: String) {
        let now = MonotonicClock.now()
        state.withLock { state in
            guard let admitted = state.repeated.admit(message, at: now) else { return }
            if state.lost > 0, put("\(state.lost) lines were not written") { state.lost = 0 }
            if !put(admitted) { state.lost += 1 }
        }
    }

    /// Standard outputs that are pipes take what they can, and keep nobody waiting: neither this log nor what libraries print.
    ///
    /// The pipe is this process's alone; a terminal or a file would be its starter's, too, and is left as it is.
    static func neverWait() {
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { continue }
            let flags = fcntl(descriptor, F_GETFL)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
        }
    }

    private static func put(_ message: String) -> Bool {
        var line = Array(Redaction.masked(message).replacing("\n", with: " ").utf8.prefix(longestLine - 1))
        line.append(UInt8(ascii: "\n"))
        while true {
            let written = Glibc.write(STDERR_FILENO, line, line.count)
            if written >= 0 || errno != EINTR { return written == line.count }
        }
    }
}
