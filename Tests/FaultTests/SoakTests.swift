import Foundation
import Glibc
import TestSupport
import Testing

/// Hours of coming and going, by `make soak`: what server and workers hold may not grow, and every picture is delivered or counted.
@Suite("Soak", .enabled(if: Form.soakSeconds != nil), .timeLimit(.minutes(24 * 60)))
struct SoakTests {
    private static let cameras = 3
    private static let plan = TestPlans.camera.replacing(
        "  ! streamtap name=live",
        with: "  ! identity name=colour ! blur name=soft kernel=3 ! streamtap name=calm\ncolour. ! streamtap name=live")

    @Test("churn and faults leave memory, descriptors, threads and accounts as they were")
    func soak() async throws {
        let seconds = try #require(Form.soakSeconds)
        let server = try await SharedServer.start()
        var workers: [String: pid_t] = [:]
        var scenes: [Scene] = []
        var tallies: [Task<PictureTally, any Error>] = []
        for number in 0..<Self.cameras {
            let before = Set(server.workers)
            let camera = try await RTSPCamera.start(fps: 10, gop: 10, isNumbered: true)
            let scene = try await Scene("steady-\(number)", on: server)
            scene.keep(camera)
            scenes.append(scene)
            try await scene.show(camera.address, Self.plan)
            workers[scene.id] = server.workers.first { !before.contains($0) }
            let viewer = try await server.watch(scene.id, "live")
            tallies.append(Task { try await PictureTally(of: viewer) })
        }
        var record = SoakRecord(server: server.pid, workers: workers)
        let start = Date()
        let done = try await withThrowingTaskGroup(of: (String, Int).self) { tasks in
            let end = start.addingTimeInterval(seconds)
            let (churn, faulty) = (try await Scene("churn", on: server), try await Scene("faulty", on: server))
            tasks.addTask { ("instances", await rounds(until: end) { try await instance(churn, $0) }) }
            tasks.addTask { ("viewers", 4 * (await rounds(until: end) { try await viewers(server, $0) })) }
            tasks.addTask { ("faults", await rounds(until: end) { try await fault(faulty, $0) }) }
            while Date() < end {
                try record.look(at: Date().timeIntervalSince(start))
                try await Task.sleep(for: .seconds(min(5, seconds / 60)))
            }
            let done = try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
            try await server.remove(faulty.id)
            return done
        }
        print(
            "soak: \(Int(seconds)) s, \(done.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))"
        )
        for line in record.judged() { print("soak: \(line)") }

        // Sound cameras have lost nothing, and what viewers did not get is counted. Nobody watched before those did.
        let lost = try await skipped(server)
        for scene in scenes {
            let source = try await scene.source
            #expect(try await scene.restarts == 0)
            #expect(source["decode_errors"] as? Int == 0 && source["restarts"] as? Int == 0, "\(source)")
            try await server.remove(scene.id)
        }
        var (got, missing) = (0, 0)
        for tally in tallies {
            let tally = try await tally.value
            (got, missing) = (got + tally.received, missing + tally.missing)
        }
        print(
            "soak: \(got + missing) pictures offered, \(got) delivered, \(missing) missing, \(lost) counted as skipped")
        #expect(missing <= lost)
        #expect(Double(got + missing) > seconds * Double(Self.cameras) * 8)
        try await eventually("no worker is left", within: .seconds(20)) { server.workers.isEmpty }
        server.process.signal(SIGTERM)
        #expect(try await server.process.ended() == .status(0))
    }

    /// Pictures of sound cameras that came faster than they could be taken, were not made for their viewers, or not sent to them.
    private func skipped(_ server: StreamTapProcess) async throws -> Int {
        var sum = 0
        for number in 0..<Self.cameras {
            let sources = try await server.instance("steady-\(number)")["sources"] as? [[String: any Sendable]]
            sum += sources?.first?["dropped"] as? Int ?? 0
            let answer = try await server.http.get("/api/vp/taps/steady-\(number)")
            let tap = (answer.json["taps"] as? [String: any Sendable])?["live"] as? [String: any Sendable] ?? [:]
            for key in ["dropped", "skipped"] { sum += tap[key] as? Int ?? 0 }
        }
        return sum
    }

    /// One after the other. One that fails is an issue, and the others go on: what half an hour has shown is not lost with it.
    ///
    /// - Parameter round: is given its number.
    private func rounds(until end: Date, _ round: (Int) async throws -> Void) async -> Int {
        var count = 0
        while Date() < end {
            do {
                try await round(count)
            } catch {
                Issue.record(error, "round \(count), \(Date().formatted(.iso8601))")
                try? await Task.sleep(for: .seconds(1))
            }
            count += 1
        }
        return count
    }

    /// One that comes and goes, and options that change.
    private func instance(_ scene: Scene, _ count: Int) async throws {
        let server = scene.server
        try await scene.play(TestPlans.live)
        let viewer = try await server.watch(scene.id, "grey", "?format=binary&width=\(64 + count % 8 * 16)")
        _ = try await viewer.picture(within: .seconds(60))
        try await viewer.close()
        _ = try await server.http.patch(
            "/api/vp/instances/steady-\(count % Self.cameras)/stages/soft",
            ["options": ["kernel": 3 + count % 4 * 2]])
        if count % 3 == 0 { _ = try await server.http.send("POST", "/api/vp/instances/\(scene.id)/restart") }
        try await server.remove(scene.id)
        try await Task.sleep(for: .milliseconds(500))
    }

    /// Four of them.
    private func viewers(_ server: StreamTapProcess, _ round: Int) async throws {
        let forms = ["?format=binary", "", "?width=160&fps=5", "?format=binary&quality=50", "?format=detections"]
        for count in 4 * round..<4 * round + 4 {
            // Another tap than that of the steady viewers', whose pictures are counted.
            let viewer = try await server.watch(
                "steady-\(count % Self.cameras)", "calm", forms[count % forms.count])
            let event = try await viewer.next(within: .seconds(60))
            if case .closed(let code) = event { Issue.record("viewer \(count) was closed: \(code ?? 0)") }
            try await viewer.close()
        }
        _ = try await server.http.get("/metrics")
        _ = try await server.http.get("/api/vp/taps/steady-\(round % Self.cameras)/calm/frame.jpg?width=128")
        try await Task.sleep(for: .milliseconds(300))
    }

    /// A camera that is killed, frozen, hostile.
    private func fault(_ scene: Scene, _ count: Int) async throws {
        let server = scene.server
        switch count % 5 {
        case 0, 1:
            let camera = try await CameraFaultTests.camera()
            try await scene.show(camera.address)
            if count % 5 == 0 {
                camera.process.kill()
                try await server.reaches("retrying", scene.id, within: .seconds(60))
            } else {
                camera.process.signal(SIGSTOP)
                try await server.reaches("stalled", scene.id, within: .seconds(60))
                camera.process.signal(SIGCONT)
                try await server.reaches("running", scene.id, within: .seconds(60))
            }
        default:
            let behaviour =
                ["redirect", "endless-fragment", "hang-up", "mutated", "corrupt"].randomElement() ?? "valve"
            let camera = try await ScriptedCamera.start(behaviour, ["--after", "40", "--size", "160x120"])
            try await scene.play(TestPlans.camera, ["camera": camera.address])
            try await Task.sleep(for: .seconds(5))
            camera.process.kill()
        }
    }
}
