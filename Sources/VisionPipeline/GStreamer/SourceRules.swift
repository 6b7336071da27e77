internal import WorkerLink

/// What a plan's sources are held to, beside what the plan says.
struct SourceRules: Sendable {
    /// What becomes of a redirect.
    enum Redirect: Hashable, Sendable {
        /// To this address, with which the one in the answer is replaced.
        case follow(String)
        /// Why not.
        case refuse(String)
    }

    /// What workers before have learnt of the sources.
    var experience = SourceExperience()
    /// Asked with the address that a camera sends its client to.
    var redirect: @Sendable (String) -> Redirect = { .follow($0) }
    /// What was set on a source's camera since the plan was written, by the source's id.
    var controls: @Sendable (String) -> [String: Int64] = { _ in [:] }
    /// What a host's name stands for; none where it is not known.
    var addresses: @Sendable (String) -> [String] = { [$0] }
}
