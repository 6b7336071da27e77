import HTTPTypes
import Hummingbird
import Plans

extension InstanceRequest: RequestBody {}

/// `/api/vp/instances`
struct InstanceRoutes {
    let manager: InstanceManager
    let readiness: Readiness

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/api/vp/instances",
            [
                .get: { [manager] _, _ in
                    struct Answer: Encodable { var instances: [InstanceSnapshot] }
                    return .json(Answer(instances: await manager.instances()))
                },
                .post: { [manager, readiness] request, _ in
                    let wanted = try await JSONBody.decode(InstanceRequest.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let instance = try await manager.create(wanted)
                    // As seen from the address that was asked: a proxy may show it under a path of its own.
                    let place = request.uri.path.hasSuffix("/") ? instance.id : "instances/\(instance.id)"
                    return .json(instance, status: .created, headers: [.location: place])
                },
            ])
        router.endpoint(
            "/api/vp/instances/{id}",
            [
                .get: { [manager] _, context in .json(try await manager.instance(context.part("id"))) },
                .put: { [manager, readiness] request, context in
                    let wanted = try await JSONBody.decode(InstanceRequest.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let id = context.part("id")
                    let outcome = try await manager.replace(id, with: wanted)
                    guard outcome.isNew else { return .json(outcome.instance) }
                    return .json(
                        outcome.instance, status: .created, headers: [.location: "/api/vp/instances/\(id)"])
                },
                .delete: { [manager] _, context in .json(try await manager.delete(context.part("id"))) },
            ])
        router.endpoint(
            "/api/vp/instances/{id}/restart",
            [
                .post: { [manager, readiness] _, context in
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(try await manager.restart(context.part("id")))
                }
            ])
        router.endpoint(
            "/api/vp/instances/{id}/stages/{stage}",
            [
                .get: { [manager] _, context in
                    .json(try await manager.instance(context.part("id")).stage(context.part("stage")))
                },
                .patch: { [manager, readiness] request, context in
                    struct Body: RequestBody {
                        static let keys = ["options"]
                        var options: [String: ParameterValue?]
                    }
                    let body = try await JSONBody.decode(Body.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let stage = context.part("stage")
                    let instance = try await manager.change(stage, of: context.part("id"), options: body.options)
                    return .json(try instance.stage(stage))
                },
            ])
        router.endpoint(
            "/api/vp/instances/{id}/sources/{source}/controls",
            [
                .get: { [manager] _, context in
                    .json(try await manager.controls(of: context.part("source"), context.part("id")))
                },
                .patch: { [manager, readiness] request, context in
                    struct Body: RequestBody {
                        static let keys = ["controls"]
                        var controls: [String: ParameterValue?]
                    }
                    let body = try await JSONBody.decode(Body.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(
                        try await manager.set(body.controls, of: context.part("source"), context.part("id")))
                },
            ])
        router.endpoint(
            "/api/vp/instances/{id}/graph",
            [.get: { [manager] _, context in .json(try await manager.graph(of: context.part("id"))) }])
    }
}
