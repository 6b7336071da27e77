import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Plan text from the network touches no file")
    struct CanaryTests {
        @Test("A canary that is touched tells")
        func canary() throws {
            let canary = try Canary()
            #expect(!canary.wasTouched())
            _ = try Data(contentsOf: URL(filePath: canary.path))
            #expect(canary.wasTouched())
            #expect(canary.isIntact())
            try Data("x".utf8).write(to: URL(filePath: canary.newPath))
            #expect(canary.wasTouched())
            #expect(!canary.isIntact())
        }

        @Test(
            "The eight bypasses, by POST, PUT and validate: refused by place and rule, nothing started, nothing touched"
        )
        func bypasses() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live], arguments: ["--allow-plan-text"])
            try await server.create("cam")
            let worker = try #require(server.workers.first)
            let canary = try Canary()
            for text in Bypasses.texts(with: canary) {
                let created = try await server.http.post("/api/vp/instances", ["text": text])
                expectRefusal(created, text)
                expectRefusal(try await server.http.put("/api/vp/instances/cam", ["text": text]), text)
                let verdict = try await server.http.post("/api/vp/plans/validate", ["text": text])
                #expect(verdict.json["valid"] as? Bool == false, "\(text): \(verdict.text)")
            }
            #expect(server.workers == [worker])
            #expect(!canary.wasTouched())
            #expect(canary.isIntact())
        }

        private func expectRefusal(_ answer: HTTPClient.Response, _ text: String) {
            #expect(answer.status == 422, "\(text): \(answer.text)")
            let error = answer.json["error"] as? [String: any Sendable]
            let details = error?["details"] as? [[String: any Sendable]] ?? []
            #expect(!details.isEmpty, "\(text)")
            for detail in details {
                // The place is that of the word which the message is about.
                let column = detail["column"] as? Int ?? 0
                let length = detail["length"] as? Int ?? 0
                #expect(detail["line"] as? Int == 1 && column >= 1 && column - 1 + length <= text.count, "\(detail)")
                #expect((detail["hint"] as? String)?.isEmpty == false, "\(text): \(detail)")
            }
        }

        @Test("The same texts as values stay values")
        func values() async throws {
            let plan = """
                ---
                parameters: {a: {type: string}}
                ---
                videotestsrc num-buffers=3 ! video/x-raw,width=64,height=64 ! textoverlay text=${a} ! streamtap name=t
                """
            let server = try await StreamTapProcess.serving(["shown": plan, "camera": TestPlans.camera])
            let canary = try Canary()
            for (number, text) in Bypasses.texts(with: canary).enumerated() {
                let camera = try await server.http.post(
                    "/api/vp/instances", ["plan": "camera", "parameters": ["camera": text]])
                #expect(camera.status == 422, "\(text)")
                guard number % 6 == 0 else { continue }
                let id = try await server.create("shown", id: "v\(number)", parameters: ["a": text])
                let instance = try await server.reaches("completed", id)
                #expect((instance["parameters"] as? [String: any Sendable])?["a"] as? String == text)
            }
            #expect(!canary.wasTouched())
            #expect(canary.isIntact())
        }

        @Test("Sizes and bytes that nobody means: refused at once")
        func sizes() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live], arguments: ["--allow-plan-text"])
            let texts = [
                "videotestsrc" + String(repeating: " ! identity", count: 20_000),
                String(repeating: "a ", count: 400_000),
                "videotestsrc \u{0} ! streamtap", "videotestsrc ! textoverlay text=\u{202E}a ! streamtap",
                "videotestsrc ! video/x-raw,width=30000,height=30000 ! streamtap",
                "videotestsrc ! video/x-raw,width=1,height=2147483648 ! streamtap",
                "videotestsrc ! video/x-raw,framerate=1000000000/1 ! streamtap",
                "rtspsrc location=rtsp://0.0.0.0/ ! streamtap", "rtspsrc location=rtsp://169.254.169.254/ ! streamtap",
            ]
            for text in texts {
                let answer = try await server.http.post("/api/vp/instances", ["text": text])
                #expect(answer.status == 422, "\(text.prefix(80)): \(answer.status)")
            }
            // Bytes that are no UTF-8 are no JSON.
            let body = Data(#"{"plan":"cam","parameters":{"a":""#.utf8) + [0xFF, 0xFE] + Data(#""}}"#.utf8)
            #expect(try await server.http.send("POST", "/api/vp/instances", body: body).status == 400)
            #expect(server.workers.isEmpty)
            let lines = try await server.http.post(
                "/api/vp/plans/validate", ["text": "videotestsrc\r\n  ! greyscale\r\n  ! streamtap\r\n"])
            let diagnostics = lines.json["diagnostics"] as? [[String: any Sendable]]
            #expect(diagnostics?.first?["line"] as? Int == 2 && diagnostics?.first?["column"] as? Int == 5)
        }

        @Test("A camera is reached over TCP, and never over UDP, where a server says whom to send to")
        func transport() async throws {
            let camera = try await RTSPCamera.start()
            let udp = try await RTSPCamera.start(isUDPOnly: true)
            let server = try await StreamTapProcess.serving([:], arguments: ["--allow-plan-text"])
            for (id, address) in [("tcp", camera.address), ("udp", udp.address)] {
                // Nothing is said of protocols: told nothing, rtspsrc begins with UDP.
                let text = "rtspsrc location=\(address) latency=50 ! rtph264depay ! h264parse ! avdec_h264 ! streamtap"
                #expect(try await server.http.post("/api/vp/instances", ["text": text, "id": id]).status == 201)
            }
            _ = try await server.reaches("running", "tcp")
            let refused = try await server.reaches("retrying", "udp")
            #expect((refused["message"] as? String)?.isEmpty == false, "\(refused)")
        }

        @Test("Addresses over the API lead to cameras, and nowhere else")
        func addresses() async throws {
            let server = try await StreamTapProcess.start(
                ["serve", "--allow-plan-text"], cameraNetworks: [])
            let port = server.http.port
            for host in ["127.0.0.1:\(port)", "[::ffff:127.0.0.1]", "localhost", "[::1]:\(port)", "169.254.169.254"] {
                let address = "rtsp://\(host)/a"
                let byParameter = try await server.http.post(
                    "/api/vp/instances", ["plan": "rtsp-h264", "parameters": ["camera": address]])
                #expect(byParameter.status == 422, "\(host): \(byParameter.text)")
                #expect(byParameter.text.contains("parameter_format") && byParameter.text.contains("--camera-network"))
                let byText = try await server.http.post(
                    "/api/vp/instances", ["text": "rtspsrc location=\(address) ! rtph264depay ! avdec_h264 ! streamtap"]
                )
                #expect(byText.status == 422 && byText.text.contains("value_not_allowed"), "\(host): \(byText.text)")
            }
        }
    }
}
