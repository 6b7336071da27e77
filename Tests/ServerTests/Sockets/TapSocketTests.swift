import Foundation
import NIOCore
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("One tap on one socket", .timeLimit(.minutes(2)))
struct TapSocketTests {
    static let path = "/ws/vp/tap/cam/live"

    @Test("a frame is JSON text, field by field")
    func json() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path)
            try await eventually { feed.metrics.viewers == 1 }
            feed.update(TapProgress(tap: "live", frames: 3, fps: 25, width: 1280, height: 720, encoded: 1, dropped: 2))
            feed.publish(TestFrames.frame(4, detections: #"[{"kind":"apriltag","id":7}]"#))
            let message = try await client.nextJSON()
            #expect(message["type"] as? String == "frame")
            #expect(message["tap_id"] as? String == "live")
            #expect(message["instance_id"] as? String == "cam")
            let data = try #require((message["data"] as? String).flatMap { Data(base64Encoded: $0) })
            #expect(Array(data) == TestFrames.jpeg(4))
            #expect(message["seq"] as? Int == 4)
            let captured = try #require(message["captured_us"] as? Double)
            #expect(abs(captured / 1e6 - Date().timeIntervalSince1970) < 10)
            #expect(((message["detections"] as? [[String: Any]])?.first?["id"]) as? Int == 7)
            let metrics = try #require(message["metrics"] as? [String: Any])
            #expect(metrics["tap_id"] as? String == "live")
            #expect(metrics["attach_point"] as? String == "gray")
            #expect(metrics["frame_count"] as? Int == 4)
            #expect(metrics["has_frame"] as? Bool == true)
            #expect(try #require(metrics["uptime_seconds"] as? Double) >= 0)
            #expect(metrics["fps"] as? Double == 25)
            #expect(metrics["width"] as? Int == 1280)
            #expect(metrics["height"] as? Int == 720)
            #expect(metrics["viewers"] as? Int == 1)
            #expect(metrics["encoded"] as? Int == 1)
            #expect(metrics["dropped"] as? Int == 2)
            #expect(metrics["skipped"] as? Int == 0)
            #expect(metrics["last_frame_age_ms"] is Int)
            try? await client.close()
            try await eventually { feed.metrics.viewers == 0 && feed.wanted.isEmpty }
        }
    }

    @Test("?format=binary sends pictures and nothing else", arguments: [20, 64, 126, 4000, 70_000])
    func binary(size: Int) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path + "?format=binary")
            try await eventually { feed.metrics.viewers == 1 }
            feed.publish(TestFrames.frame(1, size: size))
            #expect(try await client.next() == .binary(TestFrames.jpeg(1, size: size)))
        }
    }

    @Test("parameters choose variant and rate")
    func variant() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let path = Self.path + "?format=binary&width=320&height=200&quality=60&fps=12.5"
            let client = try await WebSocketClient.connect(port: server.port, path: path)
            let variant = Variant(width: 320, height: 200, quality: 60)
            try await eventually { feed.metrics.viewers == 1 }
            let wanted = feed.wanted
            #expect(wanted.map(\.variant) == [variant])
            #expect(wanted.first?.stream == 12.5)
            #expect(wanted.first?.tap == "live")
            feed.publish(TestFrames.frame(1))
            feed.publish(TestFrames.frame(2, variant: variant))
            let bytes = try await client.nextBinary()
            #expect(TestFrames.number(in: bytes) == 2)
        }
    }

    @Test(
        "what cannot be is said and the socket closed with 1008",
        arguments: [
            ("/ws/vp/tap/cam/nope", "StreamTap nope not found for instance cam"),
            ("/ws/vp/tap/other/live", "StreamTap live not found for instance other"),
            ("/ws/vp/tap/cam/live?width=abc", "width is 'abc', not a whole number from 16 to 7680"),
            ("/ws/vp/tap/cam/live?height=99999", "height is '99999', not a whole number from 16 to 4320"),
            ("/ws/vp/tap/cam/live?quality=0", "quality is '0', not a whole number from 1 to 100"),
            ("/ws/vp/tap/cam/live?fps=nan", "fps is 'nan', not a number from 0.01 to 240"),
            ("/ws/vp/tap/cam/live?format=gif", "format is 'gif', not 'json', 'binary', 'detections', 'h264' or 'h265'"),
        ])
    func refusals(path: String, message: String) async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let client = try await WebSocketClient.connect(port: server.port, path: path)
            let error = try await client.nextJSON()
            #expect(error["type"] as? String == "error")
            #expect(error["message"] as? String == message)
            #expect(try await client.next() == .closed(code: 1008))
        }
    }

    @Test("states come as text, the end closes with 1000")
    func stateAndEnd() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path + "?format=binary")
            try await eventually { feed.metrics.viewers == 1 }
            feed.instanceChanged(to: .retrying, reason: .refused, message: "connection refused")
            feed.instanceChanged(to: .retrying, reason: .refused, message: "connection refused")
            feed.attemptStarted()
            feed.instanceChanged(to: .running, reason: nil, message: nil)
            feed.publish(TestFrames.frame(1))
            feed.end(.endOfStream)
            let retrying = try await client.nextJSON()
            #expect(retrying["type"] as? String == "state")
            #expect(retrying["state"] as? String == "retrying")
            #expect(retrying["reason"] as? String == "refused")
            #expect(retrying["message"] as? String == "connection refused")
            let running = try await client.nextJSON()
            #expect(running["state"] as? String == "running")
            #expect(running["reason"] is NSNull)
            _ = try await client.nextBinary()
            let end = try await client.nextJSON()
            #expect(end["type"] as? String == "end")
            #expect(end["reason"] as? String == "end_of_stream")
            #expect(try await client.next() == .closed(code: 1000))
            #expect(feed.wanted.isEmpty)
            // Who comes later still sees the last picture, and why there are no more.
            let late = try await WebSocketClient.connect(port: server.port, path: Self.path + "?format=binary")
            let bytes = try await late.nextBinary()
            #expect(TestFrames.number(in: bytes) == 1)
            #expect(try await late.nextJSON()["type"] as? String == "end")
        }
    }

    @Test("the server's end closes with 1001")
    func goingAway() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path)
            try await eventually { feed.metrics.viewers == 1 }
            await server.stop()
            #expect(try await client.next() == .closed(code: 1001))
        }
    }

    @Test("who arrives late gets the newest picture at once, or has one made")
    func lateViewer() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1))
            // Captured in the future, so that it is fresh however long connecting takes.
            feed.publish(TestFrames.frame(2, captured: MonotonicClock.now() + 60_000_000_000))
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path + "?format=binary")
            let bytes = try await client.nextBinary()
            #expect(TestFrames.number(in: bytes) == 2)
            // A variant that nobody watched has to be made: once, whoever comes meanwhile.
            let small = Self.path + "?format=binary&width=320&fps=1"
            let first = try await WebSocketClient.connect(port: server.port, path: small)
            let second = try await WebSocketClient.connect(port: server.port, path: small)
            try await eventually { feed.metrics.viewers == 3 }
            let wanted = try #require(feed.wanted.first { $0.variant.width == 320 })
            #expect(wanted.once == 1)
            feed.publish(TestFrames.frame(2, variant: wanted.variant, once: wanted.once))
            for viewer in [first, second] {
                let bytes = try await viewer.nextBinary()
                #expect(TestFrames.number(in: bytes) == 2)
            }
        }
    }
}
