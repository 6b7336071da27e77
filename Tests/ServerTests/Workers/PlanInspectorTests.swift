import Plans
import TestSupport
import Testing
import WorkerLink

@testable import Server

struct PlanInspectorTests {
    @Test("describes the stages")
    func stages() async throws {
        let stages = try await PlanInspector(executable: .located()).stages()
        #expect(stages.map(\.name).contains("grayscale"))
    }

    @Test("checks many plans, two at a time")
    func check() async throws {
        let inspector = PlanInspector(executable: try .located())
        try await withThrowingTaskGroup(of: [Diagnostic].self) { tasks in
            for _ in 0..<6 {
                tasks.addTask { try await inspector.check("videotestsrc ! greyscale ! streamtap name=view") }
            }
            for try await diagnostics in tasks { #expect(diagnostics.contains { $0.code == .unknownElement }) }
        }
        let sound = try await inspector.check(TestPlans.pattern)
        #expect(!sound.contains { $0.severity == .error }, "\(sound)")
    }

    @Test("a worker that cannot run is an error, not a crash", arguments: ["/proc/nowhere", "/bin/true", "/bin/cat"])
    func noWorker(path: String) async {
        let inspector = PlanInspector(executable: WorkerExecutable(path: path))
        await #expect(throws: ServiceError.self) { try await inspector.stages() }
    }
}
