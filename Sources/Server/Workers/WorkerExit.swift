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

    /// Why a worker that had not said why is gone.
    ///
    /// - Parameters:
    ///   - dataBytes: its last reported VmData.
    ///   - memoryLimit: its RLIMIT_DATA, bytes.
    func reason(dataBytes: Int, memoryLimit: Int) -> FailureReason {
        if case .notStarted = cause { return .workerStart }
        // GLib aborts when an allocation fails; the worker cannot report that any more.
        let isStarved = lastLine?.contains("failed to allocate") ?? false
        return isStarved || dataBytes >= memoryLimit / 10 * 9 ? .resourceLimit : .workerCrashed
    }

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
