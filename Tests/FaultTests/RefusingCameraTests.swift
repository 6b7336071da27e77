import Foundation
import TestSupport
import Testing

/// What a camera costs that is away for a night.
@Suite("A camera that refuses", .timeLimit(.minutes(6)))
struct RefusingCameraTests {
    /// Of a core, where a try comes each 30 s.
    private static let share = 0.005

    @Test("it costs next to nothing")
    func cost() async throws {
        let port = try ReservedPort()
        let server = try await SharedServer.start()
        let scene = try await Scene("refusing", on: server)
        func tries() async throws -> Int { try await scene.restarts }
        // Whatever else the server does: it is there without a camera, too.
        let idle = try ProcessTable.processorSeconds(of: server.pid)
        let begin = Date()
        try await Task.sleep(for: .seconds(Form.isLong ? 10 : 2))
        let rest = (try ProcessTable.processorSeconds(of: server.pid) - idle) / Date().timeIntervalSince(begin)

        try await scene.play(TestPlans.camera, ["camera": "rtsp://127.0.0.1:\(port.number)/main"])
        // The first one is not like the others: caches are filled.
        try await eventually("a try", within: .seconds(30), every: .milliseconds(100)) { try await tries() >= 1 }
        let (before, start, first) = (try ProcessTable.processorSeconds(of: server.pid), Date(), try await tries())
        let last = first + Form.number(2, long: 4)
        try await eventually("tries up to \(last)", within: .seconds(120), every: .seconds(1)) {
            let instance = try await scene.instance
            return (instance["restarts"] as? Int ?? 0) >= last && instance["state"] as? String == "retrying"
        }
        let spent = try ProcessTable.processorSeconds(of: server.pid) - before
        let count = try await tries() - first
        let perTry = max(0, spent - rest * Date().timeIntervalSince(start)) / Double(max(1, count))
        let share = perTry / 30
        print(
            "a try costs \((perTry * 1000).rounded()) ms of a core; each 30 s: \((share * 100_000).rounded() / 1000) %")
        // Where programs are not optimized, or others want the cores too, a try costs more.
        #expect(share < Self.share * (Form.isLong ? 1.2 : 6))
        try await FaultTable.shared.add(
            .init(
                number: "42", injected: "it refuses for hours: a try each 30 s",
                seen: "a try costs \(Int(perTry * 1000)) ms of a core", over: "",
                outcome: "retrying, refused; \((share * 10_000).rounded() / 100) % of a core (≤ 0.5)"))
        try await scene.remove()
        server.process.kill()
    }
}
