import Plans
import WorkerLink

extension WorkerMessage {
    /// The message without what must not be seen: a worker passes on the words of cameras and elements, which may quote an address
    /// with its password. Answers about a stage are masked by whoever asked.
    func redacted(by redaction: Redaction) -> WorkerMessage {
        switch self {
        case .hello, .stage:
            return self
        case .compiled(var plan):
            plan.warnings = redaction.apply(to: plan.warnings)
            return .compiled(plan)
        case .invalid(let diagnostics):
            return .invalid(redaction.apply(to: diagnostics))
        case .ended(let reason, let message):
            return .ended(reason, message: redaction.apply(to: message))
        }
    }
}

extension Progress {
    /// The same: what became of a source or a branch is told in words of cameras and elements.
    func redacted(by redaction: Redaction) -> Progress {
        var progress = self
        for place in progress.sources.indices {
            guard let words = progress.sources[place].trouble?.message else { continue }
            progress.sources[place].trouble?.message = redaction.apply(to: words)
        }
        for place in progress.branches.indices {
            progress.branches[place].reason = progress.branches[place].reason.map(redaction.apply)
        }
        return progress
    }
}
