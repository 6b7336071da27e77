import Hummingbird
import WorkerLink

/// `/api/vp/stages`
struct StageRoutes {
    let stages: [StageDescription]

    func add(to router: Router<ServiceContext>) {
        struct Answer: Encodable { var stages: [StageDescription] }
        router.endpoint("/api/vp/stages", [.get: .read { [stages] _, _ in .json(Answer(stages: stages)) }])
    }
}
