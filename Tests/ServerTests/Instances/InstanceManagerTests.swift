import Foundation
import Glibc
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite(.serialized)
struct InstanceManagerTests {
    private func error(_ body: () async throws -> Void) async -> ServiceError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ServiceError
        }
    }

    @Test(
        "what cannot be is refused, and leaves nothing behind",
        arguments: [
            (InstanceRequest(plan: "nowhere"), .planUnknown),
            (InstanceRequest(plan: "../pattern"), .planUnknown),
            (InstanceRequest(), .requestInvalid),
            (InstanceRequest(plan: "pattern", text: "x"), .requestInvalid),
            (InstanceRequest(text: TestPlans.pattern), .planTextNotAllowed),
            (InstanceRequest(plan: "pattern", id: "Über"), .nameInvalid),
            (InstanceRequest(plan: "pattern", id: "../x"), .nameInvalid),
            (InstanceRequest(plan: "pattern", parameters: ["what": .integer(1)]), .planInvalid),
            (InstanceRequest(plan: "camera"), .planInvalid),
            (
                InstanceRequest(plan: "camera", parameters: ["camera": .string("file:///etc/passwd")]),
                .planInvalid
            ),
            (InstanceRequest(plan: "broken"), .planInvalid),
            (InstanceRequest(plan: "unbuildable"), .planInvalid),
        ] as [(InstanceRequest, ServiceError.Code)])
    func refused(request: InstanceRequest, code: ServiceError.Code) async throws {
        let plans = TestPlans.all.merging([
            "broken": "videotestsrc ! ! fakesink",
            "unbuildable": "videotestsrc patern=1 ! greyscale ! streamtap name=view",
        ]) { $1 }
        try await TestService.run(plans: plans) { service in
            let error = await error { _ = try await service.manager.create(request) }
            #expect(error?.code == code)
            if code == .planInvalid { #expect(error?.details.isEmpty == false) }
            #expect(await service.manager.instances().isEmpty)
            #expect(service.registry.all().isEmpty)
        }
    }

    @Test("every diagnostic of the worker comes at once")
    func everyDiagnostic() async throws {
        let plans = ["bad": "videotestsrc patern=1 ! greyscale ! streamtap name=view"]
        try await TestService.run(plans: plans) { service in
            let error = await error { _ = try await service.manager.create(InstanceRequest(plan: "bad")) }
            let codes = Set(error?.details.map(\.code) ?? [])
            #expect(codes.isSuperset(of: [.unknownProperty, .unknownElement]))
        }
    }

    @Test("text from the network runs where the operator allows it, and is held to the policy")
    func planText() async throws {
        try await TestService.run(policy: InstancePolicy(allowsPlanText: true)) { service in
            let writing = "videotestsrc ! filesink location=/tmp/streamtap-policy-test"
            let refused = await error { _ = try await service.manager.create(InstanceRequest(text: writing)) }
            #expect(refused?.code == .planInvalid)
            let created = try await service.manager.create(InstanceRequest(text: TestPlans.pattern))
            #expect(created.id == "plan")
            try await service.until(.running, "plan")
        }
    }

    @Test("the operator's own command line may use any text")
    func commandLine() async throws {
        try await TestService.run { service in
            let request = InstanceRequest(text: TestPlans.pattern)
            let created = try await service.manager.create(request, from: .commandLine(plan: "mine"))
            #expect(created.id == "mine" && created.plan == "mine")
        }
    }

    @Test("ids come from the plan's name, are unique, and limits hold")
    func ids() async throws {
        try await TestService.run(policy: InstancePolicy(highestCount: 3)) { service in
            for expected in ["pattern", "pattern-2", "pattern-3"] {
                let created = try await service.manager.create(InstanceRequest(plan: "pattern"))
                #expect(created.id == expected)
            }
            let inUse = await error {
                _ = try await service.manager.create(InstanceRequest(plan: "pattern", id: "pattern-2"))
            }
            #expect(inUse?.code == .instanceExists)
            let tooMany = await error { _ = try await service.manager.create(InstanceRequest(plan: "pattern")) }
            #expect(tooMany?.code == .tooManyInstances)
            #expect(await service.manager.instances().map(\.id) == ["pattern", "pattern-2", "pattern-3"])
            let unknown = await error { _ = try await service.manager.delete("nobody") }
            #expect(unknown?.code == .instanceUnknown)
        }
    }

    @Test("PUT creates, keeps what is equal, and replaces what is not, while viewers stay")
    func replace() async throws {
        let plans = TestPlans.all.merging([
            "other": TestPlans.pattern.replacingOccurrences(
                of: "name=gray ! streamtap", with: "name=second ! streamtap width=80"),
            "bad": "videotestsrc ! greyscale ! streamtap name=view",
        ]) { $1 }
        try await TestService.run(plans: plans) { service in
            let request = InstanceRequest(plan: "pattern")
            let created = try await service.manager.replace("cam", with: request).instance
            #expect(created.id == "cam")
            try await service.until(.running, "cam")
            let pid = try await service.workerPID("cam")
            let feed = try #require(service.registry.feed(instance: "cam", tap: "view"))
            let viewer = try await RecordingViewer.watch(feed)
            try await eventually("frames", holds: { viewer.seen.sequences.count > 3 })

            let same = try await service.manager.replace("cam", with: request).instance
            #expect(same.state == .running)
            #expect(try await service.workerPID("cam") == pid, "nothing changed")

            let refused = await error { _ = try await service.manager.replace("cam", with: .init(plan: "bad")) }
            #expect(refused?.code == .planInvalid)
            #expect(try await service.workerPID("cam") == pid, "a plan that is refused changes nothing")

            let replaced = try await service.manager.replace("cam", with: .init(plan: "other")).instance
            #expect(replaced.plan == "other")
            #expect(try await service.workerPID("cam") != pid)
            #expect(service.registry.feed(instance: "cam", tap: "view") === feed)
            #expect(feed.attachPoint == "second" && feed.defaults.width == 80)
            let before = viewer.seen.sequences.last ?? 0
            try await eventually("frames of the other") { (viewer.seen.sequences.last ?? 0) > before + 3 }
            #expect(viewer.seen.end == nil)

            _ = try await service.manager.delete("cam")
            let fresh = try await service.manager.replace("cam", with: request).instance
            #expect(fresh.state != .stopping, "stopping is waited for")
            #expect(service.registry.feed(instance: "cam", tap: "view") !== feed)
        }
    }

    @Test("retries use the plan as it was when the instance was created")
    func snapshotted() async throws {
        try await TestService.run { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            try await service.until(.running, "pattern")
            try FileManager.default.removeItem(at: service.directory.appending(path: "pattern.plan"))
            kill(try await service.workerPID("pattern"), SIGKILL)
            try await service.until(.retrying, "pattern")
            try await service.until(.running, "pattern")
        }
    }

    @Test("creates, replacements and deletes at once end in order")
    func concurrent() async throws {
        try await TestService.run { service in
            await withTaskGroup(of: Void.self) { tasks in
                for number in 0..<12 {
                    tasks.addTask {
                        let id = "c\(number % 3)"
                        switch number % 4 {
                        case 0: _ = try? await service.manager.create(InstanceRequest(plan: "pattern", id: id))
                        case 1: _ = try? await service.manager.replace(id, with: InstanceRequest(plan: "film"))
                        case 2: _ = try? await service.manager.replace(id, with: InstanceRequest(plan: "pattern"))
                        default: _ = try? await service.manager.delete(id)
                        }
                    }
                }
            }
            for instance in await service.manager.instances() { _ = try? await service.manager.delete(instance.id) }
            for id in ["c0", "c1", "c2"] { try await service.untilGone(id) }
            #expect(service.registry.all().isEmpty)
        }
    }
}
