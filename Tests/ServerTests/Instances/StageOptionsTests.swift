import Foundation
import Glibc
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// Stages' options that change while an instance lives.
@Suite(.serialized)
struct StageOptionsTests {
    private static let plan = """
        videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
          ! blur name=soft kernel=3 ! edges name=lines ! streamtap name=view
        """
    private static let plans = ["cam": plan, "film": plan.replacing("is-live=true", with: "num-buffers=5")]

    private func error(_ body: () async throws -> Void) async -> ServiceError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ServiceError
        }
    }

    private func options(_ snapshot: InstanceSnapshot, _ stage: String) -> [String: ParameterValue] {
        snapshot.stages.first { $0.name == stage }?.options ?? [:]
    }

    @Test("are shown, changed, and kept by the worker that follows a crash")
    func kept() async throws {
        try await TestService.run(plans: Self.plans) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam"))
            let created = try await service.until(.running, "cam")
            #expect(created.stages.map(\.name) == ["soft", "lines"])
            #expect(created.stages.map(\.stage) == ["blur", "edges"])
            #expect(options(created, "soft")["kernel"] == .integer(3))
            #expect(options(created, "soft")["method"] == .string("gaussian"))
            let changed = try await service.manager.change("soft", of: "cam", options: ["kernel": .integer(9)])
            #expect(options(changed, "soft")["kernel"] == .integer(9))
            try await service.until(.running, "cam")
            kill(try await service.workerPID("cam"), SIGKILL)
            try await service.until(.retrying, "cam")
            let restarted = try await service.until(.running, "cam")
            #expect(options(restarted, "soft")["kernel"] == .integer(9))
            let back = try await service.manager.change("soft", of: "cam", options: ["kernel": nil])
            #expect(options(back, "soft")["kernel"] == .integer(3))
            // The same request again is the same instance; another one starts from its plan.
            _ = try await service.manager.change("soft", of: "cam", options: ["kernel": .integer(7)])
            let same = try await service.manager.replace("cam", with: InstanceRequest(plan: "cam")).instance
            #expect(options(same, "soft")["kernel"] == .integer(7))
        }
    }

    @Test("are changed between two workers as well, by the same rules")
    func betweenWorkers() async throws {
        try await TestService.run(plans: Self.plans) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam"))
            try await service.until(.running, "cam")
            kill(try await service.workerPID("cam"), SIGKILL)
            try await service.until(.retrying, "cam")
            let changed = try await service.manager.change("soft", of: "cam", options: ["kernel": .integer(11)])
            #expect(options(changed, "soft")["kernel"] == .integer(11))
            let running = try await service.until(.running, "cam")
            #expect(options(running, "soft")["kernel"] == .integer(11))
            #expect(running.restarts == 1)
        }
    }

    @Test("that cannot be are refused, and nothing changes")
    func refused() async throws {
        try await TestService.run(plans: Self.plans) { service in
            let manager = service.manager
            _ = try await manager.create(InstanceRequest(plan: "cam"))
            try await service.until(.running, "cam")
            func refusal(_ stage: String, _ options: [String: ParameterValue?], id: String = "cam") async
                -> ServiceError?
            {
                await error { _ = try await manager.change(stage, of: id, options: options) }
            }
            #expect(await refusal("soft", [:], id: "nobody")?.code == .instanceUnknown)
            let unknown = await refusal("hard", [:])
            #expect(unknown?.code == .stageUnknown)
            let range = await refusal("soft", ["kernel": .integer(4)])
            #expect(range?.code == .optionsInvalid)
            #expect(range?.details.map(\.code) == [.optionRange])
            #expect(range?.message == "'kernel' is an odd whole number from 1 to 21")
            #expect(await refusal("lines", ["low": .integer(200)])?.details.map(\.code) == [.optionRange])
            #expect(await refusal("soft", ["kernl": .integer(3)])?.details.first?.hint == "did you mean 'kernel'?")
            let long = await refusal("soft", ["method": .string(String(repeating: "x", count: 1 << 20))])
            #expect(long?.code == .tooLarge)
            #expect(options(try await manager.instance("cam"), "soft")["kernel"] == .integer(3))

            _ = try await manager.create(InstanceRequest(plan: "film"))
            try await service.until(.completed, "film")
            let ended = await refusal("soft", ["kernel": .integer(5)], id: "film")
            #expect(ended?.code == .instanceNotRunning)
        }
    }

    @Test("many changes at once are all made, in some order")
    func many() async throws {
        try await TestService.run(plans: Self.plans) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "cam"))
            try await service.until(.running, "cam")
            await withTaskGroup(of: Void.self) { tasks in
                for number in 0..<20 {
                    tasks.addTask {
                        let (stage, name) = number % 2 == 0 ? ("soft", "kernel") : ("lines", "high")
                        _ = try? await service.manager.change(
                            stage, of: "cam", options: [name: .integer(Int64(number % 2 == 0 ? 9 : 300))])
                    }
                }
            }
            let snapshot = try await service.manager.instance("cam")
            #expect(options(snapshot, "soft")["kernel"] == .integer(9))
            #expect(options(snapshot, "lines")["high"] == .integer(300))
            let codes = await withTaskGroup(of: ServiceError.Code?.self) { tasks in
                for _ in 0..<150 {
                    tasks.addTask {
                        await error { _ = try await service.manager.change("soft", of: "cam", options: [:]) }?.code
                    }
                }
                return await tasks.reduce(into: Set<ServiceError.Code?>()) { $0.insert($1) }
            }
            #expect(codes == [nil, .tooManyChanges])
            #expect(try await service.manager.instance("cam").state == .running)
        }
    }
}
