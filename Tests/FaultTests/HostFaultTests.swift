import Foundation
import Glibc
import TestSupport
import Testing

/// What happens to viewers, workers, the server and its machine.
@Suite("The machine at fault", .timeLimit(.minutes(6)))
struct HostFaultTests {
    private static let small =
        "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=5/1 ! streamtap name=live\n"

    @Test("38: a thousand viewers come and go; one too many is refused")
    func viewers() async throws {
        let limit = Form.number(100, long: 500)
        let count = Form.number(200, long: 1000)
        let server = try await SharedServer.start(["--max-viewers", "\(limit)"])
        let scene = try await Scene("viewed", on: server)
        try await scene.play(Self.small)
        try await server.reaches("running", scene.id)
        func descriptors() async throws -> Int {
            // This question's own connection is not one that somebody has left behind.
            let metrics = try await server.http.get("/metrics").text
            return try ProcessTable.descriptors(of: server.pid) - number("streamtap_connections", metrics)
        }
        let before = try await descriptors()
        let start = Date()
        // As many at a time as there may be.
        for _ in stride(from: 0, to: count, by: limit) {
            let viewers = try await withThrowingTaskGroup(of: WebSocketClient.self) { tasks in
                for _ in 0..<limit {
                    tasks.addTask {
                        let viewer = try await server.watch(scene.id, "live")
                        _ = try await viewer.picture(within: .seconds(60))
                        return viewer
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let refused = try await server.http.get("/api/vp/taps/\(scene.id)/live/stream.mjpeg")
            #expect(refused.status == 503, "viewer \(limit + 1) is let in")
            #expect(try await server.http.get("/healthz").status == 200)
            for viewer in viewers { try await viewer.close() }
            try await eventually("all have gone", within: .seconds(30)) {
                number("streamtap_viewers", try await server.http.get("/metrics").text) == 0
            }
        }
        let took = Date().timeIntervalSince(start)
        try await eventually("descriptors are back at \(before)", within: .seconds(30)) {
            try await descriptors() == before
        }
        try await FaultTable.shared.add(
            .init(
                number: "38", injected: "\(count) viewers come and go, \(limit) at a time", seen: "one more: 503",
                over: "\(took.asSeconds) in all", outcome: "running; descriptors exactly as before"))
        server.process.kill()
    }

    private func number(_ name: String, _ metrics: String) -> Int {
        let line = metrics.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    @Test("39, 40: a worker is killed, the server is told to end, and is killed")
    func ends() async throws {
        let instances = Form.number(4, long: 8)
        let audience = Form.number(20, long: 50)
        let state = try TemporaryDirectory().path + "/state"
        let recording = try TemporaryDirectory().path + "/clip.mp4"
        let server = try await SharedServer.start(["--state", state])
        for number in 0..<instances { try await Scene("end-\(number)", on: server).play(Self.small) }
        let recorded = try await Scene("end-recorded", on: server)
        try await recorded.play(
            """
            videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=5/1 ! tee name=both
            both. ! streamtap name=live
            both. ! x264enc tune=zerolatency key-int-max=5 ! h264parse ! mp4mux ! filesink location=\(recording)

            """)
        let camera = try await ScriptedCamera.start("trickle")
        let trickle = try await Scene("end-trickle", on: server)
        try await trickle.play(TestPlans.camera, ["camera": camera.address])
        for number in 0..<instances { try await server.reaches("running", "end-\(number)", within: .seconds(60)) }
        try await server.reaches("running", recorded.id, within: .seconds(60))

        // One worker is killed, as the kernel does where memory is short.
        let victim = try await Scene("end-0", on: server)
        let first = try #require(server.workers.first)
        let fault = Fault(
            number: "39d", injected: "a worker is killed (kill -9)", reasons: ["worker_crashed"], seenWithin: 0.2,
            overWithin: 2)
        try await victim.suffer(fault) { kill(first, SIGKILL) }
        for number in 1..<instances { #expect(try await Scene("end-\(number)", on: server).restarts == 0) }

        var viewers: [WebSocketClient] = []
        for number in 0..<audience { viewers.append(try await server.watch("end-\(number % instances)", "live")) }
        let workers = server.workers
        #expect(workers.count == instances + 2)
        try await eventually("there is something to record", within: .seconds(30)) { try await recorded.frames > 15 }
        var start = Date()
        server.process.signal(SIGTERM)
        #expect(try await server.process.ended(within: .seconds(20)) == .status(0), "\(server.process.output)")
        let took = Date().timeIntervalSince(start)
        #expect(took < Form.slack(3))
        #expect(!workers.contains(where: ProcessTable.isRunning))
        for viewer in viewers { #expect(try await viewer.closeCode() == 1001) }
        let film = try FilmFacts(of: recording)
        #expect(film.frames > 5)
        try await FaultTable.shared.add(
            .init(
                number: "40",
                injected:
                    "SIGTERM with \(instances + 2) instances, a trickling camera, a recording, \(audience) viewers",
                seen: "1001 to each viewer", over: "ended after \(took.asSeconds) (≤ 3)",
                outcome: "status 0, no worker left, \(film.frames) frames of the recording play"))

        let again = try await SharedServer.start(["--state", state])
        try await eventually("all are there again", within: .seconds(60), every: .milliseconds(100)) {
            again.workers.count == instances + 2
        }
        let orphans = again.workers
        start = Date()
        kill(again.pid, SIGKILL)
        try await eventually("no worker is left", within: .seconds(20)) {
            !orphans.contains(where: ProcessTable.isRunning)
        }
        let gone = Date().timeIntervalSince(start)
        #expect(gone < Form.slack(2))
        let third = try await SharedServer.start(["--state", state])
        start = Date()
        for number in 0..<instances { try await third.reaches("running", "end-\(number)", within: .seconds(60)) }
        try await FaultTable.shared.add(
            .init(
                number: "40b", injected: "the server is killed (kill -9), then started anew",
                seen: "no worker left after \(gone.asSeconds) (≤ 2)",
                over: "all run \(Date().timeIntervalSince(start).asSeconds) after its start",
                outcome: "running; nothing that it was told is lost"))
        third.process.signal(SIGTERM)
        try await third.process.ended()
    }
}
