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
        case .progress(var progress):
            for place in progress.sources.indices {
                guard let words = progress.sources[place].trouble?.message else { continue }
                progress.sources[place].trouble?.message = redaction.apply(to: words)
            }
            return .progress(progress)
        case .ended(let reason, let message):
            return .ended(reason, message: redaction.apply(to: message))
        }
    }
}
