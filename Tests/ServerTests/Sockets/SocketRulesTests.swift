import NIOCore
import NIOHTTP1
import NIOWebSocket
import TestSupport
import Testing

@testable import Server

@Suite("What a socket's client may do", .timeLimit(.minutes(2)))
struct SocketRulesTests {
    static let path = "/ws/vp/tap/cam/live"

    @Test("pings are answered with their payload, closes with their code")
    func control() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path)
            try await client.send(.ping, [1, 2, 3])
            #expect(try await client.next() == .pong([1, 2, 3]))
            try await client.send(.connectionClose, [0x03, 0xE8])
            #expect(try await client.closeCode() == 1000)
        }
    }

    @Test(
        "a slash too many is none, as for every other path",
        arguments: ["/ws/vp/tap/cam/live/", "//ws/vp//tap/cam/live", "/ws/vp/tap/c%61m/live", "/ws/vp/"])
    func spellings(path: String) async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let client = try await WebSocketClient.connect(port: server.port, path: path)
            try await client.send(.ping, [7])
            #expect(try await client.next() == .pong([7]))
            try? await client.close()
        }
    }

    @Test("a request for a socket may say that it has no body")
    func noBody() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            for (header, status) in [("Content-Length: 0\r\n", 101), ("Content-Length: 1\r\n", 426)] {
                let connection = try await RawConnection.open(port: server.port)
                try await connection.write(Self.upgrade(port: server.port, header: header))
                let answer = try HTTPAnswer(
                    await connection.read { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") })
                #expect(answer.status == status)
                await connection.close()
            }
        }
    }

    @Test("a message beyond 16 KiB closes with 1009")
    func tooLarge() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let whole = try await WebSocketClient.connect(port: server.port, path: Self.path)
            try await whole.send(.text, [UInt8](repeating: 0x20, count: 16 << 10 + 1))
            #expect(try await whole.closeCode() == 1009)
            let parts = try await WebSocketClient.connect(port: server.port, path: Self.path)
            try await parts.send(.text, [UInt8](repeating: 0x20, count: 10_000), isFinal: false)
            try await parts.send(.continuation, [UInt8](repeating: 0x20, count: 10_000))
            #expect(try await parts.closeCode() == 1009)
        }
    }

    @Test("a flood of messages closes with 1008")
    func flood() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let client = try await WebSocketClient.connect(port: server.port, path: Self.path)
            for _ in 0..<200 { try? await client.send(.text, [0x20]) }
            #expect(try await client.closeCode() == 1008)
        }
    }

    @Test(
        "a frame without mask, with an extension's bit or an unknown opcode closes with 1002",
        arguments: [
            [0x81, 0x01, 0x20], [0xC1, 0x81, 0, 0, 0, 0, 0x20], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0],
            [0x09, 0x80, 0, 0, 0, 0],
        ] as [[UInt8]])
    func protocolErrors(frame: [UInt8]) async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(Self.upgrade(port: server.port))
            _ = try await connection.read { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") }
            try await connection.write(frame)
            let answer = try await connection.read { $0.count >= 4 }
            #expect(answer.first == 0x88)
            #expect(answer.dropFirst(2).prefix(2) == [0x03, 0xEA])
            await connection.close()
        }
    }

    @Test("a peer that answers no ping is closed")
    func deadPeer() async throws {
        try await RunningTestServer.run {
            $0.webSocketLimits.pingInterval = .milliseconds(40)
            $0.webSocketLimits.silence = .milliseconds(100)
        } _: { server in
            let feed = server.addTaps("live")[0]
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(Self.upgrade(port: server.port))
            try await eventually { feed.metrics.viewers == 1 }
            let bytes = try await connection.read()
            // It was pinged before it was given up.
            #expect(bytes.suffix(2) == [0x89, 0x00])
            try await eventually { feed.metrics.viewers == 0 }
        }
    }

    @Test(
        "upgrades that cannot succeed get the router's ordinary answer",
        arguments: [
            ("/ws/other", "", 404, "not_found"),
            (path, "Origin: http://evil.example\r\n", 403, "origin_not_allowed"),
            (path, "Origin: null\r\n", 403, "origin_not_allowed"),
            (path, "Host: evil.example\r\n", 400, "malformed"),
        ])
    func refused(path: String, header: String, status: Int, code: String) async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(Self.upgrade(port: server.port, path: path, header: header))
            let answer = try HTTPAnswer(await connection.read())
            #expect(answer.status == status)
            #expect(try answer.errorCode() == code)
            #expect(answer.headers["connection"] == "close")
        }
    }

    @Test("a page's own origin may connect; a foreign name for the server may not")
    func origin() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let own = try await WebSocketClient.connect(
                port: server.port, path: Self.path, headers: [("origin", "http://127.0.0.1:\(server.port)")])
            try? await own.close()
            await #expect(throws: ProcessFailure.self) {
                _ = try await WebSocketClient.connect(
                    port: server.port, path: Self.path, headers: [("host", "rebound.example:\(server.port)")])
            }
        }
    }

    @Test(
        "a request on a connection that was used before upgrades, too, also when frames come right behind it",
        arguments: [1, 5])
    func laterUpgrade(requests: Int) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await RawConnection.open(port: server.port)
            for _ in 0..<requests {
                try await connection.write("GET /healthz HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
                _ = try await connection.read { String(decoding: $0, as: UTF8.self).hasSuffix("\"ok\"}") }
            }
            // A ping, masked by zeros.
            let ping: [UInt8] = [0x89, 0x80, 0, 0, 0, 0]
            try await connection.write(
                Array(Self.upgrade(port: server.port, path: Self.path + "?format=binary").utf8) + ping)
            let pong: [UInt8] = [0x8A, 0]
            let head = try await connection.read { $0.suffix(2) == pong[...] }
            #expect(String(decoding: head, as: UTF8.self).hasPrefix("HTTP/1.1 101"))
            try await eventually { feed.metrics.viewers == 1 }
            #expect(server.parts.admission.viewers == 1)
            feed.publish(TestFrames.frame(1))
            let picture = try await connection.read { $0.count == 66 }
            #expect(Array(picture.dropFirst(2)) == TestFrames.jpeg(1))
            await connection.close()
            try await eventually { feed.metrics.viewers == 0 && server.parts.admission.connections == 0 }
        }
    }

    @Test("a request for an upgrade waits for the answers before it: behind an unanswered one it is an ordinary one")
    func pipelinedUpgrade() async throws {
        try await RunningTestServer.run { server in
            _ = server.addTaps("live")
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "GET /healthz HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n" + Self.upgrade(port: server.port))
            let answers = String(decoding: try await connection.read(), as: UTF8.self)
            #expect(answers.contains("upgrade_required"))
        }
    }

    @Test("a socket that breaks while it subscribes leaves nobody watching", arguments: [0, 4, 40])
    func brokenWhileSubscribing(pictures: Int) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(TestFrames.frame(1, size: 200_000))
            for round in 0..<4 {
                let connection = try await RawConnection.open(port: server.port)
                try await connection.write(Self.upgrade(port: server.port, path: "/ws/vp"))
                _ = try await connection.read { String(decoding: $0, as: UTF8.self).hasSuffix("\r\n\r\n") }
                var bytes = Self.text(#"{"type":"watch"}"#)
                for channel in 0..<64 {
                    bytes += Self.text(
                        #"{"type":"subscribe","channel":\#(channel),"instance_id":"cam","tap_id":"live","width":\#(100 + round)}"#
                    )
                }
                try await connection.write(bytes)
                // At different moments of its answers.
                _ = try await connection.read { $0.count >= pictures * 100 }
                await connection.close()
            }
            try await eventually {
                feed.metrics.viewers == 0 && feed.wanted.isEmpty && server.parts.admission.connections == 0
            }
        }
    }

    /// A final text frame, masked by zeros.
    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let length: [UInt8] =
            bytes.count < 126
            ? [0x80 | UInt8(bytes.count)] : [0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        return [0x81] + length + [0, 0, 0, 0] + bytes
    }

    @Test(
        "what follows an upgrade that is refused, or CONNECT, is not kept",
        arguments: ["GET /healthz", "CONNECT host:80"])
    func poured(request: String) async throws {
        try await RunningTestServer.run { server in
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "\(request) HTTP/1.1\r\nHost: localhost:\(server.port)\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
            let piece = [UInt8](repeating: 0x41, count: 64 << 10)
            // Far more than a socket's buffers: the connection ends before it is taken.
            await #expect(throws: (any Error).self) {
                for _ in 0..<1000 { try await connection.write(piece) }
            }
        }
    }

    static func upgrade(port: Int, path: String = path, header: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(header)\r\n"
    }
}
