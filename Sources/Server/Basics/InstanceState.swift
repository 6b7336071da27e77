/// Where an instance is in its life. `starting → running ⇄ stalled → retrying → starting …`
package enum InstanceState: String, Hashable, Sendable, Codable, CaseIterable {
    /// A worker is on its way to the first frame.
    case starting
    /// Frames come.
    case running
    /// They came, and do not now; the worker is given a moment.
    case stalled
    /// The attempt has failed, and another follows.
    case retrying
    /// Nobody looks, and its camera is left alone until somebody does.
    case idle
    /// A file ended; its last pictures are still served.
    case completed
    /// The plan itself cannot run.
    case failed
    /// Somebody wants it gone, and its worker still is there.
    case stopping

    /// It works, or will again without anybody's doing.
    var isAlive: Bool {
        switch self {
        case .starting, .running, .stalled, .retrying, .idle: true
        case .completed, .failed, .stopping: false
        }
    }
}
