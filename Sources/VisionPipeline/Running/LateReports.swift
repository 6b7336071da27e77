internal import Plans
internal import Synchronization

/// Carries what is found wrong while a plan already runs to whoever can end it; keeps it until somebody listens.
final class LateReports: Sendable {
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

    func forward(to receive: @escaping @Sendable ([Diagnostic]) -> Void) {
        let kept = state.withLock {
            $0.receive = receive
            return $0.kept
        }
        if !kept.isEmpty { receive(kept) }
    }
}
