import NIOCore
import NIOEmbedded
import NIOSSL
import NIOWebSocket
import TestSupport
import Testing

@testable import Server

@Suite("TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    private static let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    private static func isServed(_ port: Int) async throws -> Bool {
        let connection = try await RawConnection.open(port: port, isSecure: true)
        try await connection.write(request)
        return try HTTPAnswer(await connection.read()).status == 200
    }

    /// What a client says first.
    private static func hello() throws -> [UInt8] {
        let channel = EmbeddedChannel()
        try TLSClient.add(to: channel)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        channel.embeddedEventLoop.run()
        let bytes = try channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
        return try #require(bytes)
    }

    @Test("fifty handshakes that do not go on keep nobody waiting, and are over after their time")
    func slowHandshakes() async throws {
        let hello = try Self.hello()
        try await RunningTestServer.run(
            certificate: try await .forTests(), configure: { $0.httpLimits.handshakeTimeout = .seconds(2) }
        ) { server in
            var waiting: [RawConnection] = []
            for number in 0..<50 {
                let connection = try await RawConnection.open(port: server.port)
                // Nothing at all, one byte, half of it, all of it and then no answer.
                try await connection.write(Array(hello.prefix([0, 1, hello.count / 2, hello.count][number % 4])))
                waiting.append(connection)
            }
            #expect(try await Self.isServed(server.port))
            #expect(server.parts.admission.connections >= 50, "they count as any connection does")
            for connection in waiting { _ = try await connection.read() }
            try await eventually { server.parts.admission.connections == 0 }
        }
    }

    @Test(
        "plain HTTP is told what to speak, other things are closed",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400), ("POST /api/vp/instances HTTP/1.1\r\n", 400),
            ("get", 400),
            ("\0\0\0\0", nil), ("\u{80}", nil), ("\u{16}garbage that is no handshake", nil), ("\r\n\r\n", nil),
        ] as [(String, Int?)])
    func plain(text: String, status: Int?) async throws {
        try await RunningTestServer.run(certificate: try await .forTests()) { server in
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(text)
            let bytes = try await connection.read()
            if let status {
                let answer = try HTTPAnswer(bytes)
                #expect(answer.status == status)
                #expect(try answer.errorCode() == "malformed")
                answer.expectRefusesPages()
            } else {
                // What a handshake is refused with is TLS, too.
                #expect(!bytes.starts(with: "HTTP".utf8))
            }
            #expect(try await Self.isServed(server.port))
        }
    }

    @Test("no garbage in a handshake does harm")
    func garbage() async throws {
        let hello = try Self.hello()
        var generator = SeededGenerator.announced()
        let mutations = (0..<200).map { _ -> [UInt8] in
            var bytes = hello
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
            return bytes
                + (0..<Int.random(in: 0...200, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
        }
        try await RunningTestServer.run(
            certificate: try await .forTests(), configure: { $0.httpLimits.handshakeTimeout = .milliseconds(500) }
        ) { server in
            try await withThrowingTaskGroup { tasks in
                for bytes in mutations {
                    tasks.addTask {
                        let connection = try await RawConnection.open(port: server.port)
                        try? await connection.write(bytes)
                        _ = try await connection.read()
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await Self.isServed(server.port))
            try await eventually { server.parts.admission.connections == 0 }
        }
    }

    @Test("connections that shake hands are counted, and one too many is closed")
    func admission() async throws {
        try await RunningTestServer.run(
            certificate: try await .forTests(), configure: { $0.admission = Admission(AdmissionLimits(connections: 1)) }
        ) { server in
            let first = try await RawConnection.open(port: server.port)
            try await eventually { server.parts.admission.connections == 1 }
            let second = try await RawConnection.open(port: server.port, isSecure: true)
            try? await second.write(Self.request)
            #expect(try await second.read().isEmpty)
            await first.close()
            try await eventually { server.parts.admission.connections == 0 }
            #expect(try await Self.isServed(server.port))
        }
    }

    @Test("requests one after the other, a body, a page of its own, a socket on a connection that was used before")
    func requests() async throws {
        try await RunningTestServer.run(certificate: try await .forTests()) { server in
            _ = server.addTaps("live")
            let origin = "https://localhost:\(server.port)"
            let host = "Host: localhost:\(server.port)\r\n"
            let connection = try await RawConnection.open(port: server.port, isSecure: true)
            let post =
                "POST /api/vp/instances HTTP/1.1\r\n\(host)Content-Type: application/json\r\nContent-Length: 2\r\n"
            for (page, status) in [
                (origin, 422), ("http://localhost:\(server.port)", 403), ("https://evil.example", 403),
            ] {
                try await connection.write(post + "Origin: \(page)\r\n\r\n{}")
                let bytes = try await connection.read { String(decoding: $0, as: UTF8.self).hasSuffix("}}") }
                #expect(try HTTPAnswer(bytes).status == status)
            }
            try await connection.write(
                "GET /ws/vp/tap/cam/live HTTP/1.1\r\n\(host)Origin: \(origin)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            let upgraded = try await connection.read { $0.count > 12 }
            #expect(String(decoding: upgraded, as: UTF8.self).hasPrefix("HTTP/1.1 101"))
            await connection.close()
            try await eventually { server.parts.admission.connections == 0 && server.parts.admission.viewers == 0 }
        }
    }

    @Test("pictures arrive as they are, whatever their size, among messages of other kinds")
    func pictures() async throws {
        try await RunningTestServer.run(certificate: try await .forTests()) { server in
            let feed = server.addTaps("live")[0]
            let path = "/ws/vp/tap/cam/live?format=binary"
            let viewer = try await WebSocketClient.connect(
                port: server.port, path: path, receiveBuffer: 64 << 10, isSecure: true)
            try await eventually { feed.metrics.viewers == 1 }
            for (index, size) in [64, 1 << 10, (48 << 10) - 4, 48 << 10, 100 << 10, 1 << 20, 3 << 20, 64].enumerated() {
                // A tap's numbers begin at 1.
                let number = index + 1
                try await viewer.ping()
                feed.publish(TestFrames.frame(number, size: size))
                try await viewer.ping()
                #expect(try await viewer.picture() == TestFrames.jpeg(number, size: size))
            }
            #expect(feed.metrics.skipped == 0)
        }
    }

    @Test("acknowledgements, many taps and small messages go through it as they do without")
    func channels() async throws {
        try await RunningTestServer.run(certificate: try await .forTests()) { server in
            let feeds = server.addTaps("one", "two")
            let client = try await WebSocketClient.connect(port: server.port, path: "/ws/vp", isSecure: true)
            for (number, tap) in ["one", "two"].enumerated() {
                try await client.send(
                    #"{"type":"subscribe","channel":\#(number),"instance_id":"cam","tap_id":"\#(tap)"}"#)
                #expect(try await client.nextJSON()["type"] as? String == "subscribed")
            }
            for number in 1...200 {
                for (channel, feed) in feeds.enumerated() {
                    feed.publish(TestFrames.frame(number, size: number % 2 == 0 ? 100 << 10 : 64))
                    let bytes = try await client.picture()
                    #expect(bytes[2] == UInt8(channel))
                    let sequence = Array(bytes[16..<24])
                    try await client.send(.binary, [1, 0, UInt8(channel), 0] + sequence)
                }
            }
            #expect(feeds.allSatisfy { $0.metrics.skipped == 0 })
            try await client.send(#"{"type":"ping"}"#)
            #expect(try await client.nextJSON()["type"] as? String == "pong")
        }
    }
}
