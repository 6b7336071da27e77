import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Faults stay where they happen")
    struct FaultTests {
        @Test("A worker that dies of SIGSEGV: its viewers keep their socket, the other instance goes on")
        func crashedWorker() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam", id: "first")
            let worker = try #require(server.workers.first)
            try await server.create("cam", id: "second")
            let viewer = try await server.watch("first", "colour")
            let other = try await server.watch("second", "colour")
            _ = try await viewer.picture()
            _ = try await other.picture()
            try await server.reaches("running", "first")

            kill(worker, SIGSEGV)
            let state = try await viewer.next("the state") { event in
                if case .text(let text) = event, text.contains(#""type":"state""#), text.contains("retrying") {
                    text
                } else {
                    nil
                }
            }
            #expect(state.contains(#""reason":"worker_crashed""#), "\(state)")
            _ = try await viewer.picture()
            let instance = try await server.reaches("running", "first")
            #expect(instance["restarts"] as? Int == 1)
            #expect(try await server.instance("second")["restarts"] as? Int == 0)
            try await expectNothingLost(server, "second", other)
        }

        @Test("A frozen worker is replaced")
        func frozenWorker() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "colour")
            _ = try await viewer.picture()
            try await server.reaches("running", "cam")
            let worker = try #require(server.workers.first)

            kill(worker, SIGSTOP)
            try await eventually("the frozen worker is gone", within: .seconds(20)) {
                !ProcessTable.isRunning(worker)
            }
            _ = viewer.drain()
            _ = try await viewer.picture(within: .seconds(20))
            let replacement = try #require(server.workers.first)
            #expect(replacement != worker)
        }

        @Test("A camera that refuses, then comes up")
        func refusingCamera() async throws {
            let port = try ReservedPort()
            let server = try await StreamTapProcess.serving(["cam": TestPlans.camera])
            let address = "rtsp://127.0.0.1:\(port.number)/main"
            try await server.create("cam", parameters: ["camera": address])
            let viewer = try await server.watch("cam", "live")
            let instance = try await server.reaches("retrying", "cam")
            #expect(instance["reason"] as? String == "refused", "\(instance)")
            #expect((instance["message"] as? String)?.isEmpty == false)
            #expect((instance["next_retry_at"] as? String)?.hasSuffix("Z") == true)
            let snapshot = try await server.http.get("/api/vp/taps/cam/live/frame.jpg")
            #expect(snapshot.status == 503)

            let camera = try await RTSPCamera.start(port: port.number)
            let picture = try JPEGPicture(decoding: try await viewer.picture(within: .seconds(30)))
            #expect(picture.width == 640 && picture.height == 360)
            try await server.reaches("running", "cam")

            camera.process.kill()
            try await server.reaches("retrying", "cam", within: .seconds(30))
        }

        @Test("Of two cameras one goes away: the other's worker and instance run on, and it comes back by itself")
        func oneOfTwo() async throws {
            let port = try ReservedPort()
            let good = try await RTSPCamera.start(width: 160, height: 120)
            defer { good.process.kill() }
            let bad = try await RTSPCamera.start(port: port.number, width: 160, height: 120)
            let server = try await StreamTapProcess.serving(["two": TestPlans.twoCameras])
            try await server.create("two", parameters: ["first": good.address, "second": bad.address])
            let viewer = try await server.watch("two", "right")
            _ = try await viewer.picture(within: .seconds(20))
            try await server.reaches("running", "two")
            let worker = try #require(server.workers.first)
            func second() async throws -> [String: any Sendable] {
                let sources = try await server.instance("two")["sources"] as? [[String: any Sendable]]
                return sources?.first { $0["name"] as? String == "second" } ?? [:]
            }

            bad.process.kill()
            try await eventually("the second is retried") {
                let source = try await second()
                return source["reason"] as? String == "refused" && source["next_retry_at"] != nil
            }
            #expect(try await second()["state"] as? String == "retrying")
            let instance = try await server.instance("two")
            #expect(instance["state"] as? String == "running" && instance["reason"] == nil)
            let told = try await viewer.next("the state") { event in
                if case .text(let text) = event, text.contains("refused") { text } else { nil }
            }
            #expect(told.contains(#""state":"retrying""#), "who watches the dead one is told: \(told)")
            let metrics = try await server.http.get("/metrics").text
            #expect(metrics.contains(#"streamtap_source_running{instance="two",source="first"} 1"#))
            #expect(metrics.contains(#"streamtap_source_running{instance="two",source="second"} 0"#))

            let again = try await RTSPCamera.start(port: port.number, width: 160, height: 120)
            defer { again.process.kill() }
            _ = viewer.drain()
            _ = try await viewer.picture(within: .seconds(40))
            try await eventually("the second runs") { try await second()["state"] as? String == "running" }
            #expect(try await server.instance("two")["restarts"] as? Int == 0)
            #expect(server.workers.first == worker)
        }

        @Test(
            "Of two cameras in one picture each has its own rate and age; one that freezes is stalled, and the picture goes on"
        )
        func twoInOnePicture() async throws {
            let first = try await RTSPCamera.start(width: 160, height: 120, fps: 10)
            defer { first.process.kill() }
            let second = try await RTSPCamera.start(width: 160, height: 120, fps: 30)
            defer {
                second.process.signal(SIGCONT)
                second.process.kill()
            }
            let server = try await StreamTapProcess.serving(["two": TestPlans.oneOfTwoCameras])
            try await server.create("two", parameters: ["first": first.address, "second": second.address])
            func sources() async throws -> [[String: any Sendable]] {
                let sources = try await server.instance("two")["sources"] as? [[String: any Sendable]] ?? []
                return ["first", "second"].compactMap { name in sources.first { $0["name"] as? String == name } }
            }
            try await eventually("each has its own rate") {
                let rates = try await sources().map { $0["fps"] as? Double ?? 0 }
                return rates.count == 2 && (6...14).contains(rates[0]) && (22...40).contains(rates[1])
            }
            let viewer = try await server.watch("two", "both")
            _ = try await viewer.picture()
            second.process.signal(SIGSTOP)
            try await eventually("the second is stalled, and only that") {
                let sources = try await sources()
                let ages = sources.map { $0["last_frame_age_ms"] as? Int ?? 0 }
                return sources.map { $0["state"] as? String } == ["running", "stalled"] && ages[1] > 2000
                    && ages[0] < 1000
                    && sources[1]["reason"] as? String == "no_frames"
            }
            _ = viewer.drain()
            for _ in 0..<5 { _ = try await viewer.picture() }
            #expect(try await server.instance("two")["state"] as? String == "running")
            second.process.signal(SIGCONT)
            try await eventually("both run") {
                try await sources().map { $0["state"] as? String } == ["running", "running"]
            }
            #expect(try await server.instance("two")["restarts"] as? Int == 0)
        }

        @Test(
            "A camera that holds its client up holds up nobody else: DELETE is answered, and the worker goes",
            arguments: ["trickle", "endless-header", "silent"])
        func heldUp(_ behaviour: String) async throws {
            let camera = try await ScriptedCamera.start(behaviour)
            defer { camera.process.kill() }
            let server = try await StreamTapProcess.serving(["cam": TestPlans.camera])
            try await server.create("cam", parameters: ["camera": camera.address])
            try await eventually("it is asked") { camera.events.contains { $0.hasPrefix("request 1") } }
            let worker = try #require(server.workers.first)
            let start = ContinuousClock.now
            #expect(try await server.http.delete("/api/vp/instances/cam").status == 200)
            // 200 ms and 5 s on a machine that does nothing else.
            #expect(ContinuousClock.now - start < .seconds(2))
            try await eventually("its worker is gone", within: .seconds(15)) { !ProcessTable.isRunning(worker) }
        }

        @Test("An unknown path and a refused password are told apart")
        func refusedByCamera() async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", "s3cr3t-right"))
            let address = camera.address(user: "me", password: "s3cr3t-wrong")
            let server = try await StreamTapProcess.start(["run", "rtsp-h264", "camera=\(address)"])
            let instance = try await server.reaches("retrying", "rtsp-h264")
            #expect(instance["reason"] as? String == "unauthorized", "\(instance)")

            let open = try await RTSPCamera.start()
            let other = try await StreamTapProcess.serving(["cam": TestPlans.camera])
            try await other.create("cam", parameters: ["camera": "\(open.address)-of-nobody"])
            #expect(try await other.reaches("retrying", "cam")["reason"] as? String == "not_found")
        }

        @Test("Credentials are masked wherever they could be read", arguments: ["s3cr3t-right", "s3cr3t-wrong"])
        func maskedCredentials(given password: String) async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", "s3cr3t-right"))
            let address = camera.address(user: "me", password: password)
            let server = try await StreamTapProcess.start(
                ["run", "rtsp-h264", "camera=\(address)", "--log-level", "trace"])
            let viewer = try await server.watch("rtsp-h264", "live", "")
            try await server.reaches(password == "s3cr3t-right" ? "running" : "retrying", "rtsp-h264")

            // Pictures, or why there are none.
            guard case .text(let told) = try await viewer.next() else { throw ProcessFailure("no text") }
            var seen: [String] = [server.process.output, told]
            for path in [
                "/api/vp/instances", "/api/vp/instances/rtsp-h264", "/api/vp/taps", "/metrics",
                "/api/vp/taps/rtsp-h264/live/frame.jpg", "/api/vp/plans", "/api/vp/plans/rtsp-h264",
            ] {
                let answer = try await server.http.get(path)
                #expect(answer.status == 200 || path.hasSuffix(".jpg"), "\(path): \(answer.status)")
                seen.append(answer.text)
            }
            for case .text(let text) in viewer.drain() { seen.append(text) }
            for text in seen {
                #expect(!text.contains("s3cr3t"), "\(text.prefix(2_000))")
            }
            let parameters = try await server.instance("rtsp-h264")["parameters"] as? [String: any Sendable]
            #expect((parameters?["camera"] as? String)?.contains("***") == true)
        }

        @Test("A password given as a parameter opens the camera and is shown to nobody")
        func secretParameter() async throws {
            let camera = try await RTSPCamera.start(credentials: ("me", "s3cr3t-right"))
            let server = try await StreamTapProcess.start()
            let parameters = ["camera": camera.address, "user": "me", "password": "s3cr3t-right"]
            try await server.create("rtsp-h264", parameters: parameters)
            _ = try await server.watch("rtsp-h264", "live").picture()
            let shown = try await server.instance("rtsp-h264")["parameters"] as? [String: any Sendable]
            #expect(shown?["password"] as? String == "***")
            #expect(shown?["camera"] as? String == camera.address)
            #expect(!server.process.output.contains("s3cr3t"))
        }

        /// Pictures kept coming, and none was skipped on the way. `dropped` is not judged: encodes are lost to a busy
        /// machine as well.
        private func expectNothingLost(
            _ server: StreamTapProcess, _ instance: String, _ viewer: WebSocketClient
        ) async throws {
            for event in viewer.drain() {
                if case .text(let text) = event { #expect(!text.contains("retrying"), "\(text)") }
            }
            _ = try await viewer.picture(within: .seconds(2))
            let taps = try await server.http.get("/api/vp/taps/\(instance)").json["taps"] as? [String: any Sendable]
            let tap = try #require(taps?["colour"] as? [String: any Sendable])
            #expect(tap["skipped"] as? Int == 0)
        }
    }
}
