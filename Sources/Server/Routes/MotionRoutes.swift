import Discovery
import Hummingbird

/// `/api/vp/ptz`: what moves cameras. POST all of it, since all of it sends to a camera.
struct MotionRoutes {
    let mover: CameraMover
    let manager: InstanceManager
    let readiness: Readiness

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/api/vp/ptz/move", [.post: .operate(move)])
        router.endpoint("/api/vp/ptz/stop", [.post: .operate(stop)])
        router.endpoint("/api/vp/ptz/presets", [.post: .operate(presets)])
        router.endpoint("/api/vp/ptz/goto", [.post: .operate(go)])
    }

    @Sendable private func move(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable {
            var camera: String
            var stops_after_seconds: Double
        }
        let body = try await JSONBody.decode(MoveRequest.self, from: request)
        let (velocity, seconds) = (try body.velocity(), try body.duration())
        let target = try await target(body.camera)
        try await mover.move(target, velocity, seconds: seconds)
        return .json(Answer(camera: target.service.text, stops_after_seconds: seconds))
    }

    @Sendable private func stop(_ request: Request, _ context: ServiceContext) async throws -> Response {
        // Whoever stops a camera may do so while the server stops, too.
        let camera = try await JSONBody.decode(CameraRequest.self, from: request).camera
        let target = try await camera.target(mover.access, manager)
        try await mover.stop(target)
        return .json(["camera": target.service.text])
    }

    @Sendable private func presets(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable {
            var camera: String
            var presets: [CameraMotion.Preset]
        }
        let target = try await target(JSONBody.decode(CameraRequest.self, from: request).camera)
        return .json(Answer(camera: target.service.text, presets: try await mover.presets(target)))
    }

    @Sendable private func go(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(PresetRequest.self, from: request)
        guard !body.preset.isEmpty, body.preset.utf8.count <= 128 else {
            throw ServiceError.invalidRequest("'preset' is the token of one that the camera lists")
        }
        let target = try await target(body.camera)
        try await mover.go(target, to: body.preset)
        return .json(["camera": target.service.text])
    }

    private func target(_ camera: CameraReference) async throws -> CameraMover.Target {
        guard readiness.isReady else { throw ServiceError.shuttingDown }
        return try await camera.target(mover.access, manager)
    }
}
