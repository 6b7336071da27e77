import WorkerLink

/// What a worker says, in its order; frames go another way.
enum WorkerEvent: Sendable {
    case said(WorkerMessage)
    /// It broke the rules of the link; nothing that it says is heard any more.
    case violated(LinkError)
}

/// How a worker went.
struct WorkerExit: Sendable, Hashable {
    enum Cause: Sendable, Hashable {
        case exited(Int32)
        case signaled(Int32)
        /// There never was one.
        case notStarted(String)
    }

    var cause: Cause
    /// The last line it logged, if any: often the reason.
    var lastLine: String?
}
