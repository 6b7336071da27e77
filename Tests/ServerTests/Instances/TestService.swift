import Foundation
import Logging
import NIOPosix
import Plans
import TestSupport
import WorkerLink

@testable import Server

/// Instances with the real worker and a plans directory of their own.
struct TestService: Sendable {
    let manager: InstanceManager
    let registry = StreamTapRegistry()
    let inspector: PlanInspector
    let directory: URL

    /// Runs `body` and then ends all workers, whatever happened.
    static func run(
        plans: [String: String] = TestPlans.all, policy: InstancePolicy = .ownCameras,
        executable: WorkerExecutable? = nil, memory: ServerMemory = .ephemeral(),
        _ body: (TestService) async throws -> Void
    ) async throws {
        let service = try TestService(plans: plans, policy: policy, executable: executable, memory: memory)
        defer { try? FileManager.default.removeItem(at: service.directory) }
        do {
            try await body(service)
        } catch {
            await service.manager.shutdown()
            throw error
        }
        await service.manager.shutdown()
    }

    private init(
        plans: [String: String], policy: InstancePolicy, executable: WorkerExecutable?, memory: ServerMemory
    ) throws {
        directory = try TemporaryDirectory().url
        for (name, text) in plans {
            try text.write(to: directory.appending(path: "\(name).plan"), atomically: true, encoding: .utf8)
        }
        let executable = try executable ?? WorkerExecutable.located()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        inspector = PlanInspector(executable: executable)
        manager = InstanceManager(
            plans: PlanLibrary(directory: directory.path()), registry: registry, executable: executable,
            inspector: inspector, stages: ["grayscale", "blur"], policy: policy, memory: memory,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    /// Waits until an instance is in a state.
    @discardableResult
    func until(
        _ state: InstanceState, _ id: String, within limit: Duration = .seconds(20)
    ) async throws -> InstanceSnapshot {
        try await eventually(
            "\(id) is \(state)", within: limit, evidence: { "\(String(describing: try? await manager.instance(id)))" }
        ) {
            let snapshot = try await manager.instance(id)
            return snapshot.state == state ? snapshot : nil
        }
    }

    /// Waits until an instance is gone, with its taps.
    func untilGone(_ id: String) async throws {
        try await eventually("\(id) is gone") {
            let isGone = (try? await manager.instance(id)) == nil
            return isGone && registry.feeds(instance: id) == nil
        }
    }

    func workerPID(_ id: String) async throws -> Int32 {
        try await eventually("\(id) has a worker") { await manager.workerPID(of: id) }
    }
}

extension InstancePolicy {
    /// The cameras of the tests are on this machine.
    static let ownCameras = InstancePolicy(
        cameras: AddressPolicy(networks: ["127.0.0.0/8"].compactMap { Network($0) }))
}

extension TestPlans {
    static let all = ["pattern": pattern, "film": film, "camera": secretCamera]
}
