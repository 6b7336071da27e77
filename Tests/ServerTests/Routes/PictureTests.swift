import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Pictures over plain HTTP", .timeLimit(.minutes(2)))
struct PictureTests {
    static let frame = "/api/vp/taps/cam/live/frame.jpg"

    @Test("frame.jpg is made when asked for, once for all who ask, with its age")
    func snapshot() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            async let first = server.get(Self.frame + "?width=320")
            async let second = server.get(Self.frame + "?width=320")
            let variant = Variant(width: 320)
            try await eventually { feed.state.withLock { $0.waiters.count } == 2 }
            #expect(feed.wanted == [WantedVariant(tap: "live", variant: variant, stream: 0, once: 1)])
            let captured = MonotonicClock.now() - 1_500_000_000
            feed.publish(TestFrames.frame(1, variant: variant, once: 1, captured: captured))
            for answer in [try await first, try await second] {
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "image/jpeg")
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.body == TestFrames.jpeg(1))
                #expect(try #require(answer.headers["x-age-ms"].flatMap { Int($0) }) >= 1500)
                let timestamp = try #require(answer.headers["x-timestamp"].flatMap { Double($0) })
                #expect(abs(timestamp - Date().timeIntervalSince1970) < 60)
            }
            #expect(feed.wanted.isEmpty)
        }
    }

    @Test("a damaged picture says so in every form, and a whole one nothing", arguments: [true, false])
    func damaged(isDamaged: Bool) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1, detections: "[]", isDamaged: isDamaged))
            let answer = try await server.get(Self.frame)
            #expect(answer.headers["x-damaged"] == (isDamaged ? "true" : nil))
            let detections = try await server.get("/api/vp/taps/cam/live/detections").json()
            #expect(detections["damaged"] as? Bool == (isDamaged ? true : nil))
            let shared = try await feed.snapshot(.asIs)
            for form in [shared.textMessage, shared.channelBody.bytes] {
                let text = String(decoding: form.readableBytesView, as: UTF8.self)
                #expect(text.contains(",\"damaged\":true") == isDamaged)
            }
            let part = String(decoding: shared.part.readableBytesView, as: UTF8.self)
            #expect(part.contains("\r\nX-Damaged: true\r\n\r\n") == isDamaged)
        }
    }

    @Test("a camera that is gone still shows its last picture")
    func gone() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1, captured: MonotonicClock.now() - 3_000_000_000))
            feed.instanceChanged(to: .retrying, reason: .noFrames, message: nil)
            let answer = try await server.get(Self.frame + "?width=320")
            #expect(answer.status == 200)
            #expect(answer.body == TestFrames.jpeg(1))
            #expect(try #require(answer.headers["x-age-ms"].flatMap { Int($0) }) >= 3000)
        }
    }

    @Test("without any picture it is 503 with the reason")
    func never() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.instanceChanged(to: .retrying, reason: .unreachable, message: "no route to host")
            let answer = try await server.get(Self.frame)
            #expect(answer.status == 503)
            #expect(try answer.errorCode() == "no_picture")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("unreachable: no route to host"))
        }
    }

    @Test(
        "unknown instances and taps are 404, impossible sizes 400",
        arguments: [
            ("/api/vp/taps/nope/live/frame.jpg", 404, "instance_unknown"),
            ("/api/vp/taps/cam/nope/frame.jpg", 404, "tap_unknown"),
            ("/api/vp/taps/cam/nope/stream.mjpeg", 404, "tap_unknown"),
            ("/api/vp/taps/nope", 404, "instance_unknown"),
            ("/api/vp/taps/cam/live/frame.jpg?width=0", 400, "parameter_invalid"),
            ("/api/vp/taps/cam/live/stream.mjpeg?fps=0", 400, "parameter_invalid"),
        ])
    func refusals(path: String, status: Int, code: String) async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let answer = try await server.get(path)
            #expect(answer.status == status)
            #expect(try answer.errorCode() == code)
        }
    }

    /// A viewer of stream.mjpeg, once the server knows of it.
    private func watch(_ feed: TapFeed, of server: RunningTestServer) async throws -> RawConnection {
        let connection = try await RawConnection.open(port: server.port)
        let host = "127.0.0.1:\(server.port)"
        try await connection.write("GET /api/vp/taps/cam/live/stream.mjpeg HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        try await eventually { feed.metrics.viewers == 1 }
        return connection
    }

    @Test("stream.mjpeg is a part for each frame, and ends with the tap")
    func motionJPEG() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await watch(feed, of: server)
            for number in 1...3 {
                feed.publish(TestFrames.frame(number))
                _ = try await connection.read { bytes in
                    Data(bytes).range(of: Data("\r\n--streamtap-frame\r\n".utf8)) != nil
                }
            }
            feed.publish(TestFrames.frame(4))
            feed.end(.endOfStream)
            let rest = Data(try await connection.read())
            let part = "Content-Type: image/jpeg\r\nContent-Length: 64\r\nX-Timestamp: "
            #expect(rest.range(of: Data(part.utf8)) != nil)
            #expect(rest.range(of: Data(TestFrames.jpeg(4))) != nil)
            #expect(feed.metrics.viewers == 0)
        }
    }

    @Test("for HTTP/1.0 it is the parts as they are, up to the end of the connection")
    func oldMotionJPEG() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "GET /api/vp/taps/cam/live/stream.mjpeg HTTP/1.0\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
            try await eventually { feed.metrics.viewers == 1 }
            for number in 1...2 {
                feed.publish(TestFrames.frame(number))
                try await eventually { feed.viewerNumbers[.mjpeg].sent == number }
            }
            feed.end(.endOfStream)
            let answer = String(decoding: try await connection.read(), as: Unicode.ASCII.self)
            #expect(answer.hasPrefix("HTTP/1.0 200"))
            #expect(!answer.lowercased().contains("transfer-encoding"))
            let parts = answer.components(separatedBy: "--streamtap-frame\r\n")
            #expect(parts.count == 4, "\(answer)")
            #expect(parts[1].hasPrefix("Content-Type: image/jpeg\r\nContent-Length: 64\r\n"))
            #expect(parts.last == "")
        }
    }

    @Test("a viewer of stream.mjpeg who leaves is noticed without a frame")
    func leaving() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await watch(feed, of: server)
            await connection.close()
            try await eventually { feed.metrics.viewers == 0 && feed.wanted.isEmpty }
        }
    }
}
