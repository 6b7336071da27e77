/// Where an instance is in its life. `starting → running ⇄ stalled → retrying → starting …`
public enum InstanceState: String, Hashable, Sendable, Codable, CaseIterable {
    case starting, running, stalled, retrying
    /// A file ended; its last pictures are still served.
    case completed
    /// The plan itself cannot run.
    case failed
    case stopping
}
