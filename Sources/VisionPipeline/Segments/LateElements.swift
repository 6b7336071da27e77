internal import Plans
internal import Synchronization

/// What is found in a pipeline: kept while it is built, passed on afterwards.
final class LateElements: Sendable {
    private let kept = Mutex<[Diagnostic]?>([])
    private let late: @Sendable ([Diagnostic]) -> Void

    init(late: @escaping @Sendable ([Diagnostic]) -> Void) {
        self.late = late
    }

    func report(_ diagnostic: Diagnostic) {
        let isKept = kept.withLock { kept in
            kept?.append(diagnostic)
            return kept != nil
        }
        if !isKept { late([diagnostic]) }
    }

    /// What was found so far; the last call that does not pass on.
    func builtIn() -> [Diagnostic] {
        kept.withLock { $0.take() ?? [] }
    }
}
