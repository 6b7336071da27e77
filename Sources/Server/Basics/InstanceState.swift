/// Where an instance is in its life. `starting → running ⇄ stalled → retrying → starting …`
package enum InstanceState: String, Hashable, Sendable, Codable, CaseIterable {
    case starting, running, stalled, retrying
    /// A file ended; its last pictures are still served.
    case completed
    /// The plan itself cannot run.
    case failed
    case stopping

    /// It works, or will again without anybody's doing.
    var isAlive: Bool {
        switch self {
        case .starting, .running, .stalled, .retrying: true
        case .completed, .failed, .stopping: false
        }
    }
}
