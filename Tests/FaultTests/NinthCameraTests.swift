import Foundation
import Glibc
import TestSupport
import Testing

/// Sound cameras beside one that goes through everything.
@Suite("The ninth camera", .timeLimit(.minutes(15)))
struct NinthCameraTests {
    @Test("healthy cameras lose no picture while another goes through every fault")
    func ninth() async throws {
        let healthy = Form.number(3, long: 8)
        let server = try await SharedServer.start()
        var tallies: [Task<PictureTally, any Error>] = []
        var scenes: [Scene] = []
        var viewers: [WebSocketClient] = []
        var before = (lost: 0, skipped: 0)
        for number in 0..<healthy {
            let camera = try await RTSPCamera.start(fps: 10, gop: 10, isNumbered: true)
            let scene = try await Scene("healthy-\(number)", on: server)
            scene.keep(camera)
            scenes.append(scene)
            try await scene.show(camera.address)
            let counts = try await counted([scene])
            before = (before.lost + counts.lost, before.skipped + counts.skipped)
            let viewer = try await server.watch(scene.id, "live")
            viewers.append(viewer)
            tallies.append(Task { try await PictureTally(of: viewer) })
        }
        let start = Date()
        let faults = try await everyFault(on: server)
        let took = Date().timeIntervalSince(start)
        for viewer in viewers { try await viewer.close() }
        var (got, missing, largest, late) = (0, 0, 0, 0)
        for tally in tallies {
            let tally = try await tally.value
            got += tally.received
            missing += tally.missing
            largest = max(largest, tally.largestGap)
            late += tally.late
        }
        let after = try await counted(scenes)
        for scene in scenes { try await server.remove(scene.id) }
        let skipped = after.skipped - before.skipped
        // Where all cores are taken by the other faults, pictures come faster than they can be decoded.
        if Form.isLong { #expect(after.lost == before.lost, "at the sources") }
        #expect(late == 0)
        #expect(got > Int(took) * healthy * 5)
        #expect(missing <= skipped, "\(missing) of \(got + missing) are missing, \(skipped) counted")
        print(
            "the ninth camera: \(faults), \(took.asSeconds); \(got) pictures, \(missing) missing, \(largest) in a row, \(skipped) counted"
        )
        if Form.isLong { #expect(missing == 0) }
        try await FaultTable.shared.add(
            .init(
                number: "41",
                injected: "one of \(healthy + 1) cameras goes through \(faults) faults in \(took.asSeconds)",
                seen: "the others: \(got) pictures", over: "\(missing) missing, \(skipped) counted as skipped",
                outcome: "running; \(after.lost - before.lost) of those at the sources, no session begun anew"))
        server.process.kill()
    }

    /// What the server says of the healthy ones: lost at their sources; and that, not made for, or not sent to, their viewers.
    private func counted(_ scenes: [Scene]) async throws -> (lost: Int, skipped: Int) {
        var sums = (lost: 0, skipped: 0)
        for scene in scenes {
            let (source, restarts) = (try await scene.source, try await scene.restarts)
            #expect(
                restarts == 0 && source["restarts"] as? Int == 0 && source["decode_errors"] as? Int == 0, "\(source)")
            let lost = source["dropped"] as? Int ?? 0
            sums = (sums.lost + lost, sums.skipped + lost)
            let taps =
                try await scene.server.http.get("/api/vp/taps/\(scene.id)").json["taps"] as? [String: any Sendable]
            let tap = taps?["live"] as? [String: any Sendable] ?? [:]
            for key in ["dropped", "skipped"] { sums.skipped += tap[key] as? Int ?? 0 }
        }
        return sums
    }

    /// - Returns: how many.
    private func everyFault(on server: StreamTapProcess) async throws -> Int {
        let scene = try await Scene("ninth", on: server)
        let behaviours =
            Form.isLong
            ? [
                "silent", "trickle", "huge-length", "endless-header", "long-header", "redirect", "endless-fragment",
                "many-media", "no-parameter-sets", "valve", "freeze", "hang-up", "jump", "corrupt", "huge-picture",
                "mutated",
            ] : ["redirect", "endless-fragment", "hang-up", "corrupt"]
        let seconds = Double(Form.number(3, long: 10))
        for behaviour in behaviours {
            let camera = try await ScriptedCamera.start(behaviour, ["--after", "30", "--size", "160x120"])
            try await scene.play(TestPlans.camera, ["camera": camera.address])
            try await Task.sleep(for: .seconds(seconds))
            camera.process.kill()
        }
        let camera = try await CameraFaultTests.camera()
        try await scene.show(camera.address)
        camera.process.signal(SIGSTOP)
        try await Task.sleep(for: .seconds(seconds))
        camera.process.signal(SIGCONT)
        try await server.reaches("running", scene.id, within: .seconds(60))
        camera.process.kill()
        try await server.reaches("retrying", scene.id, within: .seconds(60))
        return behaviours.count + 2
    }
}
