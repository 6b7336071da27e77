import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A camera that is asked only while somebody looks.
    @Suite("A camera on demand", .timeLimit(.minutes(2)))
    struct OnDemandTests {
        private func levels(_ server: StreamTapProcess) async throws -> String {
            let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
            let levels = (taps?["live"] as? [String: any Sendable])?["levels"] as? [String: any Sendable]
            return ["capture", "decode", "encode"].map { name in
                let level = levels?[name] as? [String: any Sendable]
                return "\(name) \(level?["on"] as? Bool == true ? "on" : "off") \(level?["why"] as? String ?? "")"
            }.joined(separator: ", ")
        }

        @Test(
            "It is left alone until somebody asks for a picture or watches, and after that; without a process meanwhile"
        )
        func life() async throws {
            let camera = try await RTSPCamera.start(pattern: "ball", width: 320, height: 240, gop: 30)
            let server = try await StreamTapProcess.serving([
                "cam": """
                ---
                capture: on-demand
                ---
                rtspsrc location=\(camera.address) latency=100 protocols=tcp ! application/x-rtp,media=video
                  ! rtph264depay ! h264parse ! streamtap name=live
                """,
                "broken": "---\ncapture: on-demand\n---\nvideotestsrc ! video/x-raw,width=-1 ! streamtap name=live",
            ])
            // Whether it is sound is found out as ever.
            let refused = try await server.http.post("/api/vp/instances", ["plan": "broken", "id": "broken"])
            #expect(refused.status == 422, "\(refused.text)")
            try await server.create("cam")
            try await server.reaches("idle", "cam")
            #expect(try await levels(server) == "capture off nobody, decode off nobody, encode off nobody")
            try await eventually("its worker has gone", within: .seconds(20)) { server.workers.isEmpty }
            #expect(camera.connections == 0)
            // The first picture takes a process, the camera's answer and its keyframe.
            let start = ContinuousClock.now
            let picture = try await server.snapshot("cam", "live")
            print("first picture of an idle camera: \(ContinuousClock.now - start)")
            #expect(picture.width == 320 && camera.connections == 1)
            try await server.reaches("running", "cam")
            // A viewer of the video comes; nothing is decoded for that.
            let client = try await WebSocketClient.connect(
                port: server.http.port, path: "/ws/vp/tap/cam/live?format=h264")
            _ = try await client.picture()
            try await eventually("it is decoded no more", within: .seconds(20)) {
                try await levels(server) == "capture on viewers, decode off nobody, encode off nobody"
            }
            try await client.close()
            try await eventually("nobody has looked of late", within: .seconds(5)) {
                try await levels(server).hasPrefix("capture on lately")
            }
            try await server.reaches("idle", "cam")
            try await eventually("the camera is left alone", within: .seconds(10)) {
                camera.connections == 0 && server.workers.isEmpty
            }
            // Who watches is told, and gets pictures as soon as there are some.
            let viewer = try await WebSocketClient.connect(port: server.http.port, path: "/ws/vp/tap/cam/live")
            _ = try await viewer.next("pictures", within: .seconds(20)) { event -> Bool? in
                if case .text(let text) = event, text.contains("\"metrics\""), !text.contains("\"frame_count\":0") {
                    true
                } else {
                    nil
                }
            }
            try await server.reaches("running", "cam")
            #expect(try await levels(server) == "capture on viewers, decode on viewers, encode on viewers")
            let instance = try await server.http.get("/api/vp/instances/cam").json
            #expect(instance["restarts"] as? Int == 0)
            _ = try await server.http.delete("/api/vp/instances/cam")
        }
    }
}
