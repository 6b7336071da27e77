import Foundation
import Glibc
import Logging
import Plans
import TestSupport
import Testing

@testable import Server

/// Instances over restarts of the server, with the real worker.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct RememberedInstanceTests {
    private static let plans = ["film": TestPlans.film, "pattern": TestPlans.pattern]
    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// A server's instances, as they are after a start.
    private static func run(
        in state: String, plans: [String: String] = plans, policy: InstancePolicy = .ownCameras,
        _ body: (TestService) async throws -> Void
    ) async throws {
        let memory = try await ServerMemory(.named(state), logger: logger)
        try await TestService.run(plans: plans, policy: policy, memory: memory) { service in
            await service.manager.restore()
            await service.manager.serves(onPorts: [1])
            try await body(service)
        }
        await memory.close()
    }

    private func error(_ body: () async throws -> Void) async -> ServiceError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ServiceError
        }
    }

    @Test("come back as they were: parameters, changed options, when they were made, and what has ended")
    func comeBack() async throws {
        let state = try TemporaryDirectory().path
        var created: [String: String] = [:]
        try await Self.run(in: state) { service in
            let manager = service.manager
            _ = try await manager.create(InstanceRequest(plan: "pattern"))
            _ = try await manager.create(InstanceRequest(plan: "pattern", id: "gone"))
            _ = try await manager.create(InstanceRequest(plan: "film"))
            _ = try await manager.create(InstanceRequest(plan: "pattern", id: "other"))
            _ = try await manager.replace("other", with: InstanceRequest(plan: "film"))
            _ = try await manager.delete("gone")
            try await service.until(.completed, "film")
            try await service.until(.completed, "other")
            for instance in await manager.instances() { created[instance.id] = instance.createdAt }
        }
        // The plan of then counts, whatever has become of its file.
        try await Self.run(in: state, plans: ["film": TestPlans.pattern]) { service in
            let manager = service.manager
            let instances = await manager.instances()
            #expect(instances.map(\.id) == ["film", "other", "pattern"])
            for instance in instances { #expect(instance.createdAt == created[instance.id]) }
            let film = try await manager.instance("film")
            #expect(film.state == .completed && film.reason == "end_of_stream" && film.taps == ["view"])
            #expect(service.registry.feed(instance: "film", tap: "view") != nil)
            try await service.until(.running, "pattern")
            let again = try await manager.restart("film")
            #expect(again.state != .completed && again.createdAt == created["film"])
            try await service.until(.completed, "film")
        }
    }

    @Test("changed options come back, also those that were changed back and forth")
    func options() async throws {
        let state = try TemporaryDirectory().path
        let plans = [
            "cam": "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! blur name=soft kernel=3 ! streamtap"
        ]
        try await Self.run(in: state, plans: plans) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam"))
            _ = try await service.manager.change("soft", of: "cam", options: ["kernel": .integer(9)])
            _ = try await service.manager.change("soft", of: "cam", options: ["method": .string("median")])
            _ = try await service.manager.change("soft", of: "cam", options: ["method": nil])
        }
        for round in 1...2 {
            try await Self.run(in: state, plans: plans) { service in
                let cam = try await service.until(.running, "cam")
                #expect(cam.stages.first?.options["kernel"] == .integer(9), "round \(round)")
                #expect(cam.stages.first?.options["method"] == .string("gaussian"))
                // A restart keeps them as well.
                let again = try await service.manager.restart("cam")
                #expect(again.stages.first?.options["kernel"] == .integer(9))
            }
        }
        try await Self.run(in: state, plans: plans) { service in
            _ = try await service.manager.change("soft", of: "cam", options: ["kernel": nil])
        }
        try await Self.run(in: state, plans: plans) { service in
            let cam = try await service.until(.running, "cam")
            #expect(cam.stages.first?.options["kernel"] == .integer(3))
        }
    }

    @Test("that would not be let in any more are failed, say why, and can be started once they would")
    func refusedNow() async throws {
        let state = try TemporaryDirectory().path
        let text = "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! streamtap name=view"
        try await Self.run(in: state, policy: InstancePolicy(allowsPlanText: true)) { service in
            _ = try await service.manager.create(InstanceRequest(text: text, id: "typed"))
        }
        try await Self.run(in: state) { service in
            let typed = try await service.manager.instance("typed")
            #expect(typed.state == .failed && typed.reason == "plan_invalid" && typed.plan == "(text)")
            #expect(typed.message?.contains("plans directory") == true, "\(typed.message ?? "")")
            #expect(typed.taps == ["view"])
            #expect(await error { _ = try await service.manager.restart("typed") }?.code == .planTextNotAllowed)
            #expect(try await service.manager.instance("typed").state == .failed)
        }
        try await Self.run(in: state, policy: InstancePolicy(allowsPlanText: true)) { service in
            try await service.until(.running, "typed")
        }
        try await Self.run(in: state) { service in
            _ = try await service.manager.delete("typed")
        }
        try await Self.run(in: state) { service in #expect(await service.manager.instances().isEmpty) }
    }

    @Test("that have ended start again with the same PUT, and with a restart, which viewers of one that runs stay over")
    func again() async throws {
        try await TestService.run { service in
            let manager = service.manager
            let film = InstanceRequest(plan: "film")
            let first = try await manager.replace("film", with: film)
            #expect(first.isNew)
            try await service.until(.completed, "film")
            let second = try await manager.replace("film", with: film)
            #expect(!second.isNew && second.instance.createdAt == first.instance.createdAt)
            #expect(second.instance.state != .completed)
            try await service.until(.completed, "film")

            _ = try await manager.create(InstanceRequest(plan: "pattern"))
            try await service.until(.running, "pattern")
            let pid = try await service.workerPID("pattern")
            let viewer = try await RecordingViewer.watch(
                try #require(service.registry.feed(instance: "pattern", tap: "view")))
            try await eventually("frames", holds: { viewer.seen.sequences.count > 3 })
            _ = try await manager.restart("pattern")
            try await service.until(.running, "pattern")
            #expect(try await service.workerPID("pattern") != pid)
            let before = viewer.seen.sequences.count
            try await eventually("frames of the next worker") { viewer.seen.sequences.count > before + 3 }
            #expect(viewer.seen.end == nil)
            #expect(await error { _ = try await manager.restart("nobody") }?.code == .instanceUnknown)
            _ = try await manager.delete("pattern")
            let code = await error { _ = try await manager.restart("pattern") }?.code
            #expect(code == .instanceNotRunning || code == .instanceUnknown)
        }
    }

    @Test("whether a guess is the stored secret, PUT tells nobody: a value is never the same as a secret")
    func guesses() async throws {
        var policy = InstancePolicy.ownCameras
        policy.secrets = SecretStore(environment: [
            "STREAMTAP_SECRET_DOOR": "hunter2", "STREAMTAP_SECRET_YARD": "hunter2",
        ])
        let plan = """
            ---
            parameters:
              pin: {type: string, format: secret, secret: door}
            ---
            videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! textoverlay text=${pin} ! streamtap name=view
            """
        try await TestService.run(plans: ["cam": plan], policy: policy) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam"))
            for guess in ["hunter2", "hunter3"] {
                try await service.until(.running, "cam")
                let pid = try await service.workerPID("cam")
                let request = InstanceRequest(plan: "cam", parameters: ["pin": .string(guess)])
                _ = try await service.manager.replace("cam", with: request)
                #expect(try await service.workerPID("cam") != pid, "\(guess)")
                _ = try await service.manager.replace("cam", with: InstanceRequest(plan: "cam"))
            }
            // Nor which of the secrets are alike.
            try await service.until(.running, "cam")
            let pid = try await service.workerPID("cam")
            _ = try await service.manager.replace("cam", with: InstanceRequest(plan: "cam", secrets: ["pin": "door"]))
            #expect(try await service.workerPID("cam") == pid)
            _ = try await service.manager.replace("cam", with: InstanceRequest(plan: "cam", secrets: ["pin": "yard"]))
            #expect(try await service.workerPID("cam") != pid)
        }
    }

    @Test("a restart takes the secret as it is now")
    func secrets() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("first-word\n", to: "door")
        var policy = InstancePolicy.ownCameras
        policy.secrets = SecretStore(directory: directory.path, environment: [:])
        let plan = """
            ---
            parameters:
              pin: {type: string, format: secret}
            ---
            videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! textoverlay text=${pin} ! streamtap name=view
            """
        let state = try TemporaryDirectory().path
        try await Self.run(in: state, plans: ["cam": plan], policy: policy) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam", secrets: ["pin": "door"]))
            try await service.until(.running, "cam")
            try directory.write("second-word\n", to: "door")
            _ = try await service.manager.restart("cam")
            try await service.until(.running, "cam")
            // The same request is the same instance, so it has the new one.
            let pid = try await service.workerPID("cam")
            _ = try await service.manager.replace("cam", with: InstanceRequest(plan: "cam", secrets: ["pin": "door"]))
            #expect(try await service.workerPID("cam") == pid)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: state) {
            let content = try Data(contentsOf: URL(filePath: "\(state)/\(name)"))
            #expect(content.range(of: Data("-word".utf8)) == nil, "a secret is kept by its name: \(name)")
        }
        try FileManager.default.removeItem(atPath: "\(directory.path)/door")
        try await Self.run(in: state, plans: ["cam": plan], policy: policy) { service in
            let cam = try await service.manager.instance("cam")
            #expect(cam.state == .failed && cam.message?.contains("'door'") == true, "\(cam.message ?? "")")
            try directory.write("third-word\n", to: "door")
            _ = try await service.manager.restart("cam")
            try await service.until(.running, "cam")
        }
    }

    @Test("whatever is asked for at once, what is kept is what runs")
    func atOnce() async throws {
        let state = try TemporaryDirectory().path
        var generator = SeededGenerator.announced()
        var truth: [String: String] = [:]
        let deeds = (0..<60).map { _ in
            (Int.random(in: 0..<6, using: &generator), Int.random(in: 0..<3, using: &generator))
        }
        try await Self.run(in: state) { service in
            let manager = service.manager
            await withTaskGroup(of: Void.self) { tasks in
                for (number, (deed, place)) in deeds.enumerated() {
                    if number >= 6 { await tasks.next() }
                    tasks.addTask {
                        let id = "c\(place)"
                        switch deed {
                        case 0: _ = try? await manager.create(InstanceRequest(plan: "pattern", id: id))
                        case 1: _ = try? await manager.replace(id, with: InstanceRequest(plan: "film"))
                        case 2: _ = try? await manager.replace(id, with: InstanceRequest(plan: "pattern"))
                        case 3: _ = try? await manager.restart(id)
                        case 4: _ = try? await manager.replace(id, with: InstanceRequest(plan: "short"))
                        default: _ = try? await manager.delete(id)
                        }
                    }
                }
            }
            try await eventually("nothing is stopping") {
                await manager.instances().allSatisfy { $0.state != .stopping }
            }
            for instance in await manager.instances() { truth[instance.id] = instance.plan }
        }
        let store = try await InstanceStore(in: state, logger: Self.logger)
        #expect(Dictionary(store.remembered.map { ($0.id, $0.plan) }, uniquingKeysWith: { $1 }) == truth)
    }

    @Test("on a full disk none is made, changed or ended that could not be kept so", .enabled(if: Disk.isPossible))
    func fullDisk() async throws {
        let disk = try Disk(kilobytes: 2 << 10)
        defer { disk.remove() }
        let plans = [
            "cam": "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! blur name=soft kernel=3 ! streamtap"
        ]
        try await Self.run(in: disk.path, plans: plans) { service in
            let manager = service.manager
            _ = try await manager.create(InstanceRequest(plan: "cam"))
            try await service.until(.running, "cam")
            let pid = try await service.workerPID("cam")
            try disk.fill()
            // What SQLite has room for already is used up first.
            try await eventually("something is refused") {
                await error { _ = try await manager.restart("cam") }?.code == .stateFull
            }
            _ = try await service.until(.running, "cam")
            let later = try await service.workerPID("cam")
            #expect(
                await error { _ = try await manager.create(InstanceRequest(plan: "cam", id: "new")) }?.code
                    == .stateFull)
            #expect(await manager.instances().map(\.id) == ["cam"], "what is refused leaves nothing behind")
            let change = await error {
                _ = try await manager.change("soft", of: "cam", options: ["kernel": .integer(9)])
            }
            #expect(change?.code == .stateFull)
            #expect(try await manager.instance("cam").stages.first?.options["kernel"] == .integer(3), "taken back")
            #expect(try await service.workerPID("cam") == later, "it goes on, \(pid) \(later)")
            // What fills the disk has to be ended: there is room for that.
            _ = try await manager.delete("cam")
            try disk.clear()
            _ = try await manager.create(InstanceRequest(plan: "cam", id: "new"))
            _ = try await manager.change("soft", of: "new", options: ["kernel": .integer(9)])
        }
        try await Self.run(in: disk.path, plans: plans) { service in
            #expect(await service.manager.instances().map(\.id) == ["new"])
        }
    }
}
