import Foundation
import TestSupport
import Testing

/// What happens between a camera and its worker.
@Suite("Networks at fault", .timeLimit(.minutes(4)))
struct NetworkFaultTests {
    private static func camera(in network: NetworkNamespace? = nil) async throws -> RTSPCamera {
        try await RTSPCamera.start(width: 160, height: 120, fps: 10, gop: 10, in: network)
    }

    private static let overUDP = TestPlans.camera.replacing("protocols=tcp", with: "protocols=udp")

    /// Networks cannot be made by everybody, nor everywhere.
    private static var canMakeNetworks: Bool {
        if let obstacle = NetworkNamespace.obstacle { print("cases 2, 6, 7 and 16 are left out: \(obstacle)") }
        return NetworkNamespace.obstacle == nil
    }

    @Test("2: what is sent there is lost", .enabled(if: canMakeNetworks))
    func blackHole() async throws {
        let network = try await NetworkNamespace.make()
        defer { network.remove() }
        try await network.cut()
        let scene = try await Scene("hole", on: SharedServer.start())
        let fault = Fault(
            number: "2", injected: "packets to it are lost (a black hole), then they arrive", reasons: ["unreachable"],
            seenWithin: 5, overWithin: 2)
        let address = "rtsp://\(network.address):8554/main"
        try await scene.play(TestPlans.camera, ["camera": address])
        try await eventually("a worker") { !scene.server.workers.isEmpty }
        let stopped = try await scene.stops()
        let note =
            "; DELETE meanwhile: answered after \(stopped.answered.asSeconds), worker gone after \(stopped.gone.asSeconds)"
        try await eventually("it is gone") {
            try await scene.server.http.get("/api/vp/instances/\(scene.id)").status == 404
        }
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": address])
        } mend: { _ in
            scene.keep(
                try await RTSPCamera.start(port: 8554, width: 160, height: 120, fps: 10, gop: 10, in: network))
            try await network.heal()
        } note: { _ in
            note
        }
        scene.server.process.kill()
    }

    @Test(
        "6, 7: it is cut off amid its pictures, and is there again", .enabled(if: canMakeNetworks),
        arguments: ["tcp", "udp"])
    func cutOff(transport: String) async throws {
        let network = try await NetworkNamespace.make()
        defer { network.remove() }
        let camera = try await Self.camera(in: network)
        let scene = try await Scene("cut-\(transport)")
        try await scene.show(camera.address, transport == "tcp" ? TestPlans.camera : Self.overUDP)
        let fault = Fault(
            number: transport == "tcp" ? "6" : "7",
            injected:
                "what it sends over \(transport.uppercased()) is lost amid its pictures (a black hole), then arrives",
            state: "stalled", reasons: ["no_frames"], seenWithin: 3, overWithin: 3)
        try await scene.suffer(fault) {
            try await network.cut()
        } mend: { seen in
            _ = try await scene.event("is tried again", from: seen.at, within: 30) { $0.state == "retrying" }
            if Form.isLong { try await Task.sleep(for: .seconds(20)) }
            try await network.heal()
        }
        try await scene.remove()
    }

    @Test("6: a box on the way lets nothing through, and then it does")
    func stalled() async throws {
        let camera = try await Self.camera()
        let proxy = try await TCPProxy.start(to: camera.port)
        let scene = try await Scene("stalled")
        try await scene.show("rtsp://127.0.0.1:\(proxy.port)/main")
        let fault = Fault(
            number: "6b", injected: "a box on the way lets nothing through, connections stay; then it does",
            state: "stalled",
            reasons: ["no_frames"], seenWithin: 3, overWithin: 3)
        try await scene.suffer(fault) {
            proxy.stall()
        } mend: { seen in
            _ = try await scene.event("is tried again", from: seen.at, within: 30) { $0.state == "retrying" }
            proxy.heal()
        }
        try await scene.remove()
    }

    @Test("4: the connection is reset on the way")
    func reset() async throws {
        let camera = try await Self.camera()
        let proxy = try await TCPProxy.start(to: camera.port)
        let scene = try await Scene("reset")
        try await scene.show("rtsp://127.0.0.1:\(proxy.port)/main")
        let fault = Fault(
            number: "4b", injected: "its connection is reset on the way", reasons: ["disconnected", "camera_error"],
            seenWithin: 0.2, overWithin: 2)
        try await scene.suffer(fault) { proxy.cut() }
        try await scene.remove()
    }

    @Test("16: half of what it sends has no room on the way", .enabled(if: canMakeNetworks))
    func narrow() async throws {
        let network = try await NetworkNamespace.make()
        defer { network.remove() }
        // Snow fills the two megabits that the camera's encoder may use.
        let camera = try await RTSPCamera.start(
            pattern: "snow", width: 320, height: 240, fps: 15, gop: 15, in: network)
        let scene = try await Scene("narrow")
        try await scene.show(camera.address, Self.overUDP)
        func errors() async throws -> Int { try await scene.source["decode_errors"] as? Int ?? 0 }
        let before = try await errors()
        let (start, first) = (Date(), try await scene.frames)
        try await network.narrow(kilobits: 1000)
        try await eventually("damage is counted", within: .seconds(30), every: .milliseconds(50)) {
            try await errors() > before
        }
        let seen = Date().timeIntervalSince(start)
        try await Task.sleep(for: .seconds(Form.isLong ? 20 : 3))
        let share = Double(try await scene.frames - first) / Date().timeIntervalSince(start) / 15
        let damaged = try await errors() - before
        try await network.widen()
        let mended = Date()
        // Whole again: as many as the camera sends, for a second, and none of them damaged.
        var (known, since, last) = (try await errors(), mended, try await scene.frames)
        try await eventually("no damage any more", within: .seconds(40), every: .milliseconds(100)) {
            let (now, count) = (try await errors(), try await scene.frames)
            if now != known { (known, since, last) = (now, Date(), count) }
            return Date().timeIntervalSince(since) > 1 && count - last > 10
        }
        let over = since.timeIntervalSince(mended)
        #expect(over < Form.slack(5))
        try await FaultTable.shared.add(
            .init(
                number: "16", injected: "half of its packets over UDP have no room on the way, then all have",
                seen: seen.asSeconds, over: "\(over.asSeconds) (≤ 5)",
                outcome:
                    "running; \(Int(share * 100)) % of the pictures came meanwhile, \(damaged) damaged ones are counted, "
                    + "\(try await scene.restarts) new sessions"))
        try await scene.remove()
    }
}
