import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Cameras that give few pictures, and those that give none any more.
    @Suite("Slow cameras are not dead ones")
    struct SlowCameraTests {
        private func serve(
            _ behaviour: String, _ options: [String], frontMatter: String = ""
        ) async throws -> (ScriptedCamera, StreamTapProcess) {
            let camera = try await ScriptedCamera.start(behaviour, options)
            let plan = TestPlans.camera.replacing("---\nparameters:", with: "---\n\(frontMatter)parameters:")
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam", parameters: ["camera": camera.address])
            return (camera, server)
        }

        @Test("one picture each 4 s runs, also where nothing else comes")
        func steady() async throws {
            let (camera, server) = try await serve("sound", ["--pace", "1x4", "--no-reports"])
            defer { camera.process.kill() }
            let viewer = try await server.watch("cam", "live")
            for _ in 0..<3 { _ = try await viewer.picture(within: .seconds(20)) }
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 0, "\(instance)")
            #expect(
                !viewer.drain().contains { if case .text(let text) = $0 { text.contains("stalled") } else { false } })
        }

        @Test("10 fps and then one picture each 5.5 s: begun anew once, and never again")
        func dynamic() async throws {
            let (camera, server) = try await serve("sound", ["--pace", "20x0.1,1x5.5"])
            defer { camera.process.kill() }
            try await server.reaches("running", "cam")
            let stalled = try await server.reaches("stalled", "cam", within: .seconds(20))
            #expect((stalled["message"] as? String)?.contains("0.1 s is usual") == true, "\(stalled)")
            try await eventually("it is begun anew", within: .seconds(20)) { camera.sessions == 2 }
            try await eventually("and slow again", within: .seconds(30)) {
                camera.events.contains("picture 2 22")
            }
            try await server.reaches("running", "cam")
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 1, "\(instance)")
            #expect(camera.sessions == 2)
        }

        @Test("what the plan allows is no stall")
        func allowed() async throws {
            let (camera, server) = try await serve("sound", ["--pace", "20x0.1,1x3"], frontMatter: "stall: 20s\n")
            defer { camera.process.kill() }
            try await eventually("slow pictures", within: .seconds(30)) { camera.events.contains("picture 1 22") }
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 0, "\(instance)")
        }

        @Test(
            "25 fps and then nothing is noticed at once, whether the camera still answers or not, and from its second picture on",
            arguments: [("freeze", 40), ("valve", 40), ("freeze", 2), ("freeze", 4)])
        func frozen(_ behaviour: String, after pictures: Int) async throws {
            let (camera, server) = try await serve(behaviour, ["--after", "\(pictures)"])
            defer { camera.process.kill() }
            try await server.reaches("running", "cam")
            try await eventually("its last picture") { camera.events.contains("picture 1 \(pictures)") }
            let last = ContinuousClock.now
            try await server.reaches("stalled", "cam")
            // Within 3 s on a machine that does nothing else.
            #expect(ContinuousClock.now - last < .seconds(6))
            guard behaviour == "valve" else { return }
            try await eventually("it is begun anew", within: .seconds(20)) { camera.sessions == 2 }
            #expect(ContinuousClock.now - last < .seconds(12))
        }
    }
}
