import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Stored secrets")
    struct SecretTests {
        private static let secret = "s3cr3t / w\"rd"

        private static func plan(_ address: String) -> String {
            """
            ---
            parameters:
              password: {type: string, format: secret, secret: front-door}
            ---
            rtspsrc location=\(address) user-id=me user-pw=${password} latency=50 protocols=tcp
              ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=live
            """
        }

        /// Talkative where GStreamer is talkative.
        private static let talkative = ["GST_DEBUG": "*rtsp*:5,GST_PROPS:5,GST_PIPELINE:5", "GST_DEBUG_NO_COLOR": "1"]

        /// Everything that leaves the server.
        private func everything(_ server: StreamTapProcess, _ instance: String, isThere: Bool = true) async throws
            -> [String]
        {
            var seen = [server.process.output]
            for path in [
                "/api/vp/instances", "/api/vp/instances/\(instance)", "/api/vp/instances/\(instance)/graph",
                "/api/vp/taps", "/api/vp/taps/\(instance)", "/api/vp/taps/\(instance)/live/frame.jpg", "/api/vp/plans",
                "/api/vp/plans/\(instance)", "/api/vp/stages", "/metrics", "/healthz", "/readyz", "/",
            ] {
                let answer = try await server.http.get(path)
                let expected = isThere || !path.contains("/\(instance)") || path.contains("/plans/") ? 200 : 404
                #expect(answer.status == expected || path.hasSuffix(".jpg"), "\(path): \(answer.status)")
                seen.append(String(decoding: answer.body, as: UTF8.self))
            }
            for worker in server.workers {
                for file in ["environ", "cmdline"] {
                    // One that has ended since has none.
                    guard let data = FileManager.default.contents(atPath: "/proc/\(worker)/\(file)") else { continue }
                    seen.append(String(decoding: data, as: UTF8.self))
                }
            }
            return seen
        }

        private func expectHidden(_ seen: [String], _ secret: String = secret) {
            // As it is, in a URL, in JSON, and where a blank ends the word.
            for form in [secret, "s3cr3t", "c3Jnd"] {
                for text in seen where text.contains(form) {
                    let start = text.range(of: form)?.lowerBound ?? text.startIndex
                    Issue.record("\(form) stands in …\(text[..<start].suffix(200))")
                }
            }
        }

        @Test("From a credentials directory: it opens the camera, and nothing that leaves the server holds it")
        func directory() async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", Self.secret))
            let credentials = try TemporaryDirectory()
            try credentials.write(Self.secret + "\n", to: "front-door")
            let plans = try TemporaryDirectory()
            try plans.write(Self.plan(camera.address), to: "door.plan")
            let server = try await StreamTapProcess.start(
                ["serve", "--credentials", credentials.path, "--log-level", "trace"], plans: plans.path,
                environment: Self.talkative)
            try await server.create("door")
            let viewer = try await server.watch("door", "live", "")
            try await server.reaches("running", "door")
            var seen = try await everything(server, "door")
            for case .text(let text) in viewer.drain() { seen.append(text) }
            expectHidden(seen)
            let shown = try await server.instance("door")["parameters"] as? [String: any Sendable]
            #expect(shown?["password"] as? String == "***")
        }

        @Test("A wrong one from the environment: the camera's refusal does not tell it, and workers do not inherit it")
        func environment() async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", "right"))
            let plans = try TemporaryDirectory()
            try plans.write(Self.plan(camera.address), to: "door.plan")
            try plans.write(TestPlans.live, to: "yard.plan")
            let environment = ["STREAMTAP_SECRET_FRONT_DOOR": Self.secret, "STREAMTAP_SECRET_OTHER": "s3cr3t-other"]
            let server = try await StreamTapProcess.start(
                ["serve", "--log-level", "trace"], plans: plans.path,
                environment: environment.merging(Self.talkative) { $1 })
            // One worker is there for as long as it is looked at.
            try await server.create("yard")
            try await server.reaches("running", "yard")
            try await server.create("door")
            let instance = try await server.reaches("retrying", "door")
            #expect(!server.workers.isEmpty)
            #expect(instance["reason"] as? String == "unauthorized", "\(instance)")
            expectHidden(try await everything(server, "door"))
            let picture = try await server.http.get("/api/vp/taps/door/live/frame.jpg")
            #expect(picture.status == 503)
        }

        @Test("No stored secret goes where the API leads")
        func received() async throws {
            let server = try await StreamTapProcess.start(
                ["serve", "--allow-plan-text"], environment: ["STREAMTAP_SECRET_FRONT_DOOR": Self.secret])
            func answer(_ body: [String: Any]) async throws -> HTTPClient.Response {
                try await server.http.post("/api/vp/instances", body)
            }
            let named = ["camera": "rtsp://127.0.0.1:9/a", "password": ["secret": "front-door"]] as [String: Any]
            let led = try await answer(["plan": "rtsp-h264", "parameters": named])
            #expect(led.status == 422 && led.text.contains("secret_not_allowed"), "\(led.text)")
            let text = Self.plan("rtsp://127.0.0.1:9/a")
            let own = try await answer(["text": text])
            #expect(own.status == 422 && own.text.contains("secret_not_allowed"), "\(own.text)")
            let asked = try await answer([
                "text": text.replacingOccurrences(of: ", secret: front-door", with: ""),
                "parameters": ["password": ["secret": "front-door"]],
            ])
            #expect(asked.status == 422 && asked.text.contains("secret_not_allowed"), "\(asked.text)")
            expectHidden([led.text, own.text, asked.text, server.process.output])
        }

        @Test("run takes a secret by name, says when there is none, and graphs do not show defaults")
        func commandLine() async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", Self.secret))
            let server = try await StreamTapProcess.start(
                ["run", "rtsp-h264", "camera=\(camera.address)", "user=me", "--secret", "password=front-door"],
                environment: ["STREAMTAP_SECRET_FRONT_DOOR": Self.secret])
            try await server.reaches("running", "rtsp-h264")
            expectHidden(try await everything(server, "rtsp-h264"))

            let missing = try ChildProcess(
                StreamTapProcess.executable("streamtap"),
                [
                    "run", "rtsp-h264", "camera=rtsp://10.0.0.5/a", "--secret", "password=nobody", "--port", "0",
                    "--plans",
                    StreamTapProcess.pipelines,
                ])
            #expect(try await missing.ended() == .status(1))
            #expect(missing.output.contains("STREAMTAP_SECRET_NOBODY"), "\(missing.output)")

            let plans = try TemporaryDirectory()
            let file = try plans.write(
                Self.plan("rtsp://me:s3cr3t@10.0.0.5/a").replacingOccurrences(
                    of: "secret: front-door", with: "default: s3cr3t"), to: "own.plan")
            for format in ["mermaid", "dot", "json"] {
                let graph = try ChildProcess(
                    StreamTapProcess.executable("streamtap"), ["graph", file, "--format", format])
                #expect(try await graph.ended() == .status(0))
                expectHidden([graph.output])
            }
            let listing = try await StreamTapProcess.start(plans: plans.path)
            expectHidden(try await everything(listing, "own", isThere: false))
        }
    }
}
