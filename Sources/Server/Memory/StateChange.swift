import Plans

/// One thing to be remembered.
enum StateChange: Sendable, Hashable {
    /// This instance is to run, instead of what had its id.
    case save(RememberedInstance)
    case forget(String)
    /// All that was changed at the stages of an instance.
    case options([String: [String: ParameterValue]], of: String)
    /// All that was set on the cameras of an instance, by source and control.
    case controls([String: [String: Int64]], of: String)
    /// The film of an instance has ended: Unix microseconds.
    case completed(String, Int64)
    /// Nothing; whether anything could be kept is the question.
    case probe
}

extension [String: RememberedInstance] {
    /// What is remembered once that is.
    mutating func apply(_ change: StateChange) {
        switch change {
        case .save(let instance): self[instance.id] = instance
        case .forget(let id): self[id] = nil
        case .options(let options, let id): self[id]?.options = options
        case .controls(let controls, let id): self[id]?.controls = controls
        case .completed(let id, let time): self[id]?.completed = time
        case .probe: break
        }
    }
}
