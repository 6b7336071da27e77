import Foundation
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

    @Test("text from the network waits in a queue that ends, and holds up no operator")
    func network() async throws {
        let directory = try TemporaryDirectory()
        // A worker that answers once it may.
        let gate = directory.url.appending(path: "gate")
        let worker = directory.url.appending(path: "worker")
        try """
        #!/bin/sh
        case "$(cat)" in *trusted-by-operator*) ;; *) while [ ! -e \(gate.path()) ]; do sleep 0.05; done ;; esac
        echo '[]'
        """.write(to: worker, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.path())
        let inspector = PlanInspector(executable: WorkerExecutable(path: worker.path()))
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    do {
                        _ = try await inspector.check("videotestsrc ! streamtap", isUntrusted: true)
                        return true
                    } catch let error as ServiceError {
                        #expect(error.code == .tooManyRequests)
                        return false
                    }
                }
            }
            // One is looked at and eight wait: eleven are turned away while these do.
            for _ in 0..<11 { #expect(try await tasks.next() == false) }
            #expect(try await inspector.check("trusted-by-operator").isEmpty)
            #expect(FileManager.default.createFile(atPath: gate.path(), contents: nil))
            var answered = 0
            for try await wasAnswered in tasks where wasAnswered { answered += 1 }
            #expect(answered == 9)
        }
    }

    @Test("a check has the limits of a run")
    func limits() async throws {
        let directory = try TemporaryDirectory()
        let worker = directory.url.appending(path: "worker")
        let said = directory.url.appending(path: "said")
        try "#!/bin/sh\necho \"$@\" > \(said.path())\ncat > /dev/null\necho '[]'\n"
            .write(to: worker, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.path())
        let executable = WorkerExecutable(path: worker.path(), memoryLimit: 1 << 28, descriptorLimit: 99)
        _ = try await PlanInspector(executable: executable).check("videotestsrc ! streamtap", isUntrusted: true)
        let arguments = try String(contentsOf: said, encoding: .utf8)
        #expect(arguments == "check --memory-limit 268435456 --descriptor-limit 99 --sandbox on\n")
    }
}
