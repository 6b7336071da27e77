import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import VisionPipeline

@Suite struct DetachedThreadTests {
    /// What a thread sees of itself.
    struct Report: Equatable {
        var name = ""
        var niceness: Int32 = 0
    }

    private final class Box: Sendable {
        let report = Mutex<Report?>(nil)
    }

    private func report(name: String, niceness: Int32) async throws -> Report {
        let box = Box()
        #expect(
            DetachedThread.start(name: name, stackBytes: 1 << 20, niceness: niceness) {
                let report = Self.ownReport()
                box.report.withLock { $0 = report }
            })
        return try await eventually("the thread has run") { box.report.withLock { $0 } }
    }

    private static func ownReport() -> Report {
        var report = Report()
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        report.name = name?.trimmingCharacters(in: .newlines) ?? "unknown"
        report.niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        return report
    }

    @Test("has the name and the priority that are asked for")
    func asAsked() async throws {
        let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let report = try await report(name: "counter", niceness: own + 5)
        #expect(report == Report(name: "counter", niceness: own + 5))
    }

    @Test(
        "keeps as many whole characters of its name as fit into 15 bytes",
        arguments: [("a-very-long-stage-name", "a-very-long-sta"), ("äöüäöüäö", "äöüäöüä"), ("", "")])
    func longName(name: String, shown: String) async throws {
        let report = try await report(name: name, niceness: 0)
        #expect(report.name == shown)
    }

    @Test("says so when there is no thread to be had")
    func refused() {
        // More than the address space.
        #expect(!DetachedThread.start(name: "too large", stackBytes: 1 << 50) {})
    }
}
