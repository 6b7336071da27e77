import Hummingbird
import Synchronization

/// `/healthz`: the process answers. `/readyz`: it takes work.
struct HealthRoutes {
    let readiness: Readiness
    let memory: ServerMemory

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/healthz", [.get: .open { _, _ in .json(["status": "ok"]) }])
        router.endpoint(
            "/readyz",
            [
                .get: .open { [readiness, memory] _, _ in
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(ReadyAnswer(state: await memory.condition()))
                }
            ])
    }
}

private struct ReadyAnswer: Encodable {
    var status = "ready"
    var state: StateCondition
}

/// Whether the server takes new work; it stops doing so once.
final class Readiness: Sendable {
    private let stopping = Atomic<Bool>(false)

    var isReady: Bool { !stopping.load(ordering: .relaxed) }
    func stop() { stopping.store(true, ordering: .relaxed) }
}
