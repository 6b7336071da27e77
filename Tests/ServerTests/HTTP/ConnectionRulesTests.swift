import NIOCore
import TestSupport
import Testing

@testable import Server

@Suite("How long a connection may take, and which version it may speak", .timeLimit(.minutes(2)))
struct ConnectionRulesTests {
    @Test("a request that comes too slowly is closed, others are not kept waiting")
    func slowRequest() async throws {
        try await RunningTestServer.run {
            $0.httpLimits.headerTimeout = .seconds(1)
        } _: { server in
            let slow = try await RawConnection.open(port: server.port)
            try await slow.write("GET /healthz HTTP/1.1\r\nHost: loc")
            #expect(try await server.get("/healthz").status == 200)
            let bytes = try await slow.read()
            let isAnswered = try bytes.isEmpty || HTTPAnswer(bytes).status == 408
            #expect(isAnswered)
            // The second request of a connection has the same deadline.
            let later = try await RawConnection.open(port: server.port)
            try await later.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try await later.read { String(decoding: $0, as: UTF8.self).hasSuffix("\"ok\"}") }
            try await later.write("GET /hea")
            _ = try await later.read()
        }
    }

    @Test("a body that drips is closed long before one that comes slowly would be")
    func slowBody() async throws {
        try await RunningTestServer.run {
            $0.httpLimits.bodyProgressTimeout = .milliseconds(300)
            $0.httpLimits.bodyProgress = 100
        } _: { server in
            let head = "POST /api/vp/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            let dripping = try await RawConnection.open(port: server.port)
            try await dripping.write(head + "Content-Length: 1000\r\n\r\n{")
            let late = try HTTPAnswer(await dripping.read())
            #expect(late.status == 408)
            late.expectRefusesPages()
            // This one takes as long as three of those, and comes whole.
            let slow = try await RawConnection.open(port: server.port)
            try await slow.write(head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            let begin = ContinuousClock.now
            while ContinuousClock.now - begin < .seconds(1) {
                try await slow.write("c8\r\n" + String(repeating: " ", count: 200) + "\r\n")
                #expect(try await server.get("/healthz").status == 200)
            }
            try await slow.write("2\r\n{}\r\n0\r\n\r\n")
            #expect(try HTTPAnswer(await slow.read()).status == 422)
        }
    }

    @Test("HTTP/1.0 need not name a host, as checks of proxies do not; HTTP/1.1 must")
    func withoutHost() async throws {
        try await RunningTestServer.run { server in
            for (version, status) in [("1.0", 200), ("1.1", 400)] {
                let connection = try await RawConnection.open(port: server.port)
                try await connection.write("GET /healthz HTTP/\(version)\r\n\r\n")
                if version == "1.1" { try await connection.channel.close(mode: .output) }
                #expect(try HTTPAnswer(await connection.read()).status == status)
            }
            let named = try await RawConnection.open(port: server.port)
            try await named.write("GET /healthz HTTP/1.0\r\nHost: rebound.example\r\n\r\n")
            #expect(try HTTPAnswer(await named.read()).status == 403)
        }
    }

    @Test("one connection too many is told so")
    func connectionLimit() async throws {
        try await RunningTestServer.run {
            $0.admission = Admission(AdmissionLimits(connections: 1))
        } _: { server in
            let first = try await RawConnection.open(port: server.port)
            try await first.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try await first.read { String(decoding: $0, as: UTF8.self).hasSuffix("\"ok\"}") }
            // Most of what it sends is never read: that must not cost it the answer.
            let other = try await RawConnection.open(port: server.port)
            try? await other.write(
                "PUT /api/vp/instances/cam HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n"
                    + String(repeating: "x", count: 200_000))
            let second = try HTTPAnswer(await other.read())
            #expect(second.status == 503)
            #expect(second.headers["retry-after"] != nil)
            second.expectRefusesPages()
            #expect(try second.errorCode() == "too_many_connections")
            await first.close()
            try await eventually { server.parts.admission.connections == 0 }
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test("who says that a request is the last one is told so by its answer, and what follows is not read")
    func lastRequest() async throws {
        try await RunningTestServer.run { server in
            let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(request + "Connection: close\r\n\r\n" + request + "\r\n")
            let answer = try HTTPAnswer(await connection.read())
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            #expect(String(decoding: answer.body, as: UTF8.self).hasSuffix("\"ok\"}"))
        }
    }
}
