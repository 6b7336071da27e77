internal import Plans
internal import Synchronization

/// Carries diagnostics from where they are found, on any thread and at any time, to whoever can act on them; keeps them until
/// somebody listens.
final class DiagnosticRelay: Sendable {
    private struct State {
        var kept: [Diagnostic] = []
        var receive: (@Sendable ([Diagnostic]) -> Void)?
    }

    private let state = Mutex(State())

    func report(_ diagnostics: [Diagnostic]) {
        let receive = state.withLock {
            if $0.receive == nil { $0.kept += diagnostics }
            return $0.receive
        }
        receive?(diagnostics)
    }

    /// - Parameter receive: called with what is reported from now on.
    /// - Returns: what was reported so far.
    func forward(to receive: @escaping @Sendable ([Diagnostic]) -> Void) -> [Diagnostic] {
        state.withLock { state in
            defer { state.kept = [] }
            state.receive = receive
            return state.kept
        }
    }
}
