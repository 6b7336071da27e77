import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Requests that a proxy passes on", .timeLimit(.minutes(1)))
struct ProxiedRequestTests {
    private static let proxies = ["127.0.0.1"].compactMap(TrustedProxy.init)
    private static let page = ["Host": "localhost", "Origin": "https://localhost", "X-Forwarded-Proto": "https"]
    private static let socket = [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    @Test("a page that came over TLS may call and open sockets where a trusted proxy says so, and only there")
    func schemes() async throws {
        for isTrusted in [true, false] {
            try await RunningTestServer.run(trusting: isTrusted ? Self.proxies : []) { server in
                _ = server.addTaps("live")
                let call = try await server.send("POST", "/api/vp/instances", headers: Self.page, body: "{}")
                #expect(call.status == (isTrusted ? 422 : 403))
                for requests in 1...2 {
                    let connection = try await RawConnection.open(port: server.port)
                    let first = requests == 2 ? "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" : ""
                    let head = Self.page.merging(Self.socket) { $1 }.map { "\($0.key): \($0.value)\r\n" }.joined()
                    try await connection.write(first + "GET /ws/vp/tap/cam/live HTTP/1.1\r\n\(head)\r\n")
                    let status = isTrusted ? "HTTP/1.1 101" : "HTTP/1.1 403"
                    _ = try await connection.read { String(decoding: $0, as: UTF8.self).contains(status) }
                    await connection.close()
                }
            }
        }
    }

    @Test("what a trusted proxy cannot mean is refused with words")
    func unreadable() async throws {
        try await RunningTestServer.run(trusting: Self.proxies) { server in
            let answer = try await server.get("/healthz", headers: ["Forwarded": "for=\"10.0.0.1"])
            #expect(answer.status == 400)
            #expect(try answer.errorCode() == "malformed")
            answer.expectRefusesPages()
            let both = ["Forwarded": "for=10.0.0.1", "X-Forwarded-For": "10.0.0.2"]
            #expect(try await server.get("/healthz", headers: both).status == 400)
            let socket = try await server.get("/ws/vp/tap/cam/live", headers: both.merging(Self.socket) { $1 })
            #expect(socket.status == 400)
        }
    }

    @Test("each client behind a proxy has as many viewers and requests as one that comes by itself")
    func counts() async throws {
        try await RunningTestServer.run(trusting: Self.proxies) {
            $0.accounts = Accounts(open: AccessBook(allowsAnyone: true))
            $0.admission = Admission(AdmissionLimits(viewersPerAddress: 2, requestsPerAddress: 3))
        } _: { server in
            let feed = server.addTaps("live")[0]
            var open: [RawConnection] = []
            func ask(_ path: String, of client: String, socket: Bool = false) async throws -> RawConnection {
                let connection = try await RawConnection.open(port: server.port)
                let upgrade = socket ? Self.socket.map { "\($0.key): \($0.value)\r\n" }.joined() : ""
                try await connection.write(
                    "GET \(path) HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: \(client)\r\n\(upgrade)\r\n")
                return connection
            }
            func status(_ connection: RawConnection) async throws -> Int? {
                let bytes = try await connection.read { $0.count > 12 }
                return Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self))
            }
            for (client, statuses) in [("203.0.113.1", [101, 101, 503]), ("203.0.113.2", [101])] {
                for expected in statuses {
                    let viewer = try await ask("/ws/vp/tap/cam/live", of: client, socket: true)
                    #expect(try await status(viewer) == expected)
                    open.append(viewer)
                }
            }
            let waiting = PictureTests.frame + "?wait=next&timeout=20"
            for _ in 0..<3 { open.append(try await ask(waiting, of: "203.0.113.3")) }
            try await eventually { feed.state.withLock { $0.waiters.count } == 3 }
            for (client, expected) in [("203.0.113.3", 503), ("203.0.113.1", 200)] {
                let request = try await ask("/healthz", of: client)
                #expect(try await status(request) == expected, "viewers are no requests")
                open.append(request)
            }
            // Connections that wait are nobody's.
            let proxy = try await RawConnection.open(port: server.port)
            for number in 0..<20 {
                try await proxy.write(
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.\(4 + number % 2)\r\n\r\n")
                #expect(try await status(proxy) == 200)
            }
            open.append(proxy)
            for connection in open { await connection.close() }
            try await eventually { server.parts.admission.connections == 0 && server.parts.admission.viewers == 0 }
        }
    }
}
