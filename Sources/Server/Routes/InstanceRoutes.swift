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
                .get: .list { [manager] _, context in
                    struct Answer: Encodable { var instances: [InstanceSnapshot] }
                    let rights = context.caller.rights
                    return .json(Answer(instances: await manager.instances().compactMap { $0.shown(to: rights) }))
                },
                .post: .operate { [manager, readiness] request, context in
                    let wanted = try await JSONBody.decode(InstanceRequest.self, from: request)
                    if wanted.text != nil { try context.caller.allow(.administer) }
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let instance = try await manager.create(wanted)
                    // As seen from the address that was asked: a proxy may show it under a path of its own.
                    let place = request.uri.path.hasSuffix("/") ? instance.id : "instances/\(instance.id)"
                    return .json(instance, status: .created, headers: [.location: place])
                },
            ])
        router.endpoint(
            "/api/vp/instances/{instance}",
            [
                .get: .inspect { [manager] _, context in
                    let id = context.part("instance")
                    guard let instance = try await manager.instance(id).shown(to: context.caller.rights) else {
                        throw ServiceError.unknownInstance(id)
                    }
                    return .json(instance)
                },
                .put: .operate { [manager, readiness] request, context in
                    let wanted = try await JSONBody.decode(InstanceRequest.self, from: request)
                    if wanted.text != nil { try context.caller.allow(.administer) }
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let id = context.part("instance")
                    let outcome = try await manager.replace(id, with: wanted)
                    guard outcome.isNew else { return .json(outcome.instance) }
                    // As seen from the address that was asked, too.
                    let place = request.uri.path.hasSuffix("/") ? "../\(id)" : id
                    return .json(outcome.instance, status: .created, headers: [.location: place])
                },
                .delete: .operate { [manager] _, context in .json(try await manager.delete(context.part("instance"))) },
            ])
        router.endpoint(
            "/api/vp/instances/{instance}/restart",
            [
                .post: .operate { [manager, readiness] _, context in
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(try await manager.restart(context.part("instance")))
                }
            ])
        router.endpoint(
            "/api/vp/instances/{instance}/stages/{stage}",
            [
                .get: .read { [manager] _, context in
                    .json(try await manager.instance(context.part("instance")).stage(context.part("stage")))
                },
                .patch: .administer { [manager, readiness] request, context in
                    struct Body: RequestBody {
                        static let keys = ["options"]
                        var options: [String: ParameterValue?]
                    }
                    let body = try await JSONBody.decode(Body.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    let stage = context.part("stage")
                    let instance = try await manager.change(stage, of: context.part("instance"), options: body.options)
                    return .json(try instance.stage(stage))
                },
            ])
        router.endpoint(
            "/api/vp/instances/{instance}/sources/{source}/controls",
            [
                .get: .read { [manager] _, context in
                    .json(try await manager.controls(of: context.part("source"), context.part("instance")))
                },
                .patch: .operate { [manager, readiness] request, context in
                    struct Body: RequestBody {
                        static let keys = ["controls"]
                        var controls: [String: ParameterValue?]
                    }
                    let body = try await JSONBody.decode(Body.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(
                        try await manager.set(body.controls, of: context.part("source"), context.part("instance")))
                },
            ])
        router.endpoint(
            "/api/vp/instances/{instance}/graph",
            [.get: .read { [manager] _, context in .json(try await manager.graph(of: context.part("instance"))) }])
    }
}
