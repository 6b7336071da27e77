import WorkerLink

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How a worker went.
struct WorkerExit: Sendable, Hashable {
    enum Cause: Sendable, Hashable {
        case exited(Int32)
        case signaled(Int32)
        /// There never was one.
        case notStarted(String)
    }

    var cause: Cause
    /// What it logged at the very last, if anything: often the reason.
    var lastLine: String?
    /// And what it logged shortly before, the last line included.
    var lastLines: [String] = []

    /// Why a worker that had not said why is gone.
    ///
    /// - Parameters:
    ///   - dataBytes: its last reported VmData.
    ///   - memoryLimit: its RLIMIT_DATA, bytes.
    func reason(dataBytes: Int, memoryLimit: Int) -> FailureReason {
        if case .notStarted = cause { return .workerStart }
        // Whoever ended it from outside had reasons of their own, but the kernel's out-of-memory killer is such a one, too.
        if Self.isNear(dataBytes, memoryLimit) || lastLines.contains(where: Self.tellsOfStarvation) {
            return .resourceLimit
        }
        return .workerCrashed
    }

    /// A worker that is so near its limit has come to it since it last reported.
    static func isNear(_ dataBytes: Int, _ memoryLimit: Int) -> Bool { dataBytes >= memoryLimit / 10 * 8 }

    /// GLib, the C++ library, libc and Swift abort where an allocation fails; the worker cannot report that any more.
    static func tellsOfStarvation(_ line: String) -> Bool {
        let line = line.lowercased()
        return starvation.contains { line.contains($0) }
    }

    private static let starvation = [
        "failed to allocate", "could not allocate", "cannot allocate memory", "unable to allocate", "out of memory",
        "std::bad_alloc", "memory exhausted", "error creating thread",
    ]

    var message: String {
        let what =
            switch cause {
            case .exited(let status): "the worker exited with status \(status)"
            case .signaled(let signal): "the worker was ended by \(Self.name(ofSignal: signal))"
            case .notStarted(let why): "the worker could not be started: \(why)"
            }
        return isFromOutside ? what : lastLine.map { "\(what): \($0)" } ?? what
    }

    /// Nothing that the worker did or said led to it.
    private var isFromOutside: Bool { cause == .signaled(SIGKILL) || cause == .signaled(SIGTERM) }

    private static func name(ofSignal signal: Int32) -> String {
        switch signal {
        case SIGSEGV: "SIGSEGV"
        case SIGABRT: "SIGABRT"
        case SIGTRAP: "SIGTRAP"
        case SIGILL: "SIGILL"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGKILL: "SIGKILL"
        case SIGTERM: "SIGTERM"
        default: "signal \(signal)"
        }
    }
}
