import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("What a request for one picture may ask", .timeLimit(.minutes(2)))
struct PictureQueryTests {
    private static let frame = PictureTests.frame

    @Test("wait=next is a frame that comes after the request, whatever was kept")
    func next() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1))
            async let answer = server.get(Self.frame + "?wait=next&timeout=20")
            try await eventually { feed.wanted.map(\.stream) == [nil] }
            feed.publish(TestFrames.frame(2))
            #expect(try await answer.body == TestFrames.jpeg(2))
            #expect(feed.wanted.isEmpty)
        }
    }

    @Test(
        "wait=next without a frame in time is 503, and nothing is asked of the worker any more",
        arguments: InstanceState.allCases)
    func noNext(state: InstanceState) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: state)[0]
            feed.publish(TestFrames.frame(1))
            let answer = try await server.get(Self.frame + "?wait=next&timeout=0.1")
            #expect(answer.status == 503)
            #expect(try answer.errorCode() == "no_picture")
            #expect(feed.wanted.isEmpty)
            // The newest there is, is still there.
            #expect(try await server.get(Self.frame + "?timeout=0.1").body == TestFrames.jpeg(1))
        }
    }

    @Test("those who wait for the next frame at the same time take no more than the eight views that there are")
    func nextOfManySizes() async throws {
        for _ in 0..<20 {
            let feed = TestFrames.feed()
            await withTaskGroup(of: Void.self) { tasks in
                for width in 16..<48 {
                    tasks.addTask { _ = try? await feed.nextSnapshot(Variant(width: width), patience: .seconds(20)) }
                }
                try? await eventually { feed.state.withLock { $0.waiters.count } == 32 }
                #expect(feed.wanted.count <= TapDemand.laneLimit)
                feed.end(.endOfStream)
            }
        }
    }

    @Test("a longer timeout waits for a camera that is starting")
    func patience() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: .starting)[0]
            async let answer = server.get(Self.frame + "?timeout=20")
            try await eventually { feed.state.withLock { $0.waiters.count } == 1 }
            feed.publish(TestFrames.frame(1, once: 1))
            #expect(try await answer.body == TestFrames.jpeg(1))
        }
    }

    @Test("a client that has the frame is told so")
    func tags() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            let first = try await server.get(Self.frame)
            let tag = try #require(first.headers["etag"])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await server.get(Self.frame, headers: ["If-None-Match": known])
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
                #expect(again.headers["etag"] == tag)
            }
            feed.publish(TestFrames.frame(2))
            let newer = try await server.get(Self.frame, headers: ["If-None-Match": tag])
            #expect(newer.status == 200)
            #expect(newer.body == TestFrames.jpeg(2))
            #expect(newer.headers["etag"] != tag)
        }
    }

    @Test(
        "what is no parameter is refused with the nearest name; what keeps caches away is let be",
        arguments: [
            ("?widht=320", 400, "width"), ("?Width=320", 400, "width"), ("?size=320", 400, "width, height"),
            ("?wait=soon", 400, "next"), ("?timeout=0", 400, "0.05"), ("?timeout=x", 400, "0.05"),
            ("?_=17", 200, ""), ("?t=1&ts=2&rand=0.3", 200, ""), ("?r=1&v=2&nocache=3", 200, ""), ("", 200, ""),
            ("?dummy=param.mjpg", 200, ""), ("?width=64&dummy=.mjpg", 200, ""), ("?.mjpg", 200, ""),
            ("?x.mjpeg", 200, ""), ("?&&", 200, ""), ("?tim%65out=0.1", 200, ""), ("?wid%68t=64", 400, "width"),
            ("?width=64&width=64", 200, ""), ("?width=64&width=128", 400, "one of them"), ("?_=1&_=2", 200, ""),
            ("?timeout=1&timeout=2", 400, "one of them"), ("?timeout=%31", 200, ""),
        ])
    func names(query: String, status: Int, hint: String) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            let answer = try await server.get(Self.frame + query)
            #expect(answer.status == status)
            if status == 400 {
                #expect(try answer.errorCode() == "parameter_invalid")
                #expect(String(decoding: answer.body, as: UTF8.self).contains(hint))
            }
        }
    }

    @Test("HEAD says what GET would, without a body", arguments: ["frame.jpg", "stream.mjpeg"])
    func head(name: String) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "HEAD /api/vp/taps/cam/live/\(name) HTTP/1.1\r\nHost: localhost:\(server.port)\r\nConnection: close\r\n\r\n"
            )
            let answer = try HTTPAnswer(await connection.read())
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            if name == "frame.jpg" {
                #expect(answer.headers["content-length"] == "64")
                #expect(answer.headers["etag"] != nil)
            } else {
                #expect(answer.headers["content-type"]?.hasPrefix("multipart/x-mixed-replace") == true)
                #expect(answer.headers["content-length"] == nil)
            }
            #expect(feed.metrics.viewers == 0)
        }
    }

    @Test("no proxy is to collect a stream, compress it, or keep it")
    func unbuffered() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.end(.endOfStream)
            for (path, type) in [
                ("/api/vp/taps/cam/live/stream.mjpeg", "multipart/x-mixed-replace"),
                ("/api/vp/events", "text/event-stream"),
            ] {
                for method in ["GET", "HEAD"] {
                    let connection = try await RawConnection.open(port: server.port)
                    try await connection.write(
                        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
                    let answer = try HTTPAnswer(
                        await connection.read { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") })
                    #expect(answer.headers["content-type"]?.hasPrefix(type) == true)
                    #expect(answer.headers["x-accel-buffering"] == "no")
                    #expect(answer.headers["cache-control"] == "no-store, no-transform")
                    await connection.close()
                }
            }
        }
    }

    @Test("the stream of a tap that has ended is its last picture, and leaves nothing behind")
    func endedStream() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1))
            feed.end(.endOfStream)
            let answer = try await server.get("/api/vp/taps/cam/live/stream.mjpeg")
            #expect(Data(answer.body).range(of: Data(TestFrames.jpeg(1))) != nil)
            try await eventually { server.parts.admission.connections == 0 }
        }
    }

    @Test("while a camera is away its last picture comes again each second, and counts once")
    func keepAlive() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "GET /api/vp/taps/cam/live/stream.mjpeg HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
            try await eventually { feed.metrics.viewers == 1 }
            feed.publish(TestFrames.frame(1))
            feed.instanceChanged(to: .retrying, reason: .noFrames, message: nil)
            for _ in 1...3 {
                _ = try await connection.read { Data($0).range(of: Data(TestFrames.jpeg(1))) != nil }
            }
            let totals = feed.viewerNumbers[.mjpeg]
            #expect(totals.sent == 1)
            #expect(totals.bytes >= 3 * TestFrames.jpeg(1).count, "all that was sent")
            await connection.close()
            // Without a frame of the camera: the picture that comes again finds nobody.
            try await eventually { feed.metrics.viewers == 0 }
        }
    }
}
