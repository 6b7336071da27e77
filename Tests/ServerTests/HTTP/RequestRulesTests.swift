import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Server

@Suite("What a request may be", .timeLimit(.minutes(2)))
struct RequestRulesTests {
    @Test(
        "every refusal is JSON with a code and a message",
        arguments: [
            Refusal("GET", "/nothing/here", 404, "not_found"),
            Refusal("DELETE", "/api/vp/plans", 405, "method_not_allowed"),
            Refusal("POST", "/healthz", 405, "method_not_allowed"),
            Refusal("TRACE", "/healthz", 405, "method_not_allowed"),
            Refusal("MKCOL", "/api/vp/plans", 501, "method_unknown"),
            Refusal("POST", "/api/vp/instances", 415, "not_json", type: "text/plain", body: "{}"),
            Refusal("POST", "/api/vp/instances", 415, "not_json", headers: ["Content-Encoding": "gzip"], body: "{}"),
            Refusal("POST", "/api/vp/instances", 400, "malformed", body: "{\"plan\": "),
            Refusal("POST", "/api/vp/instances", 400, "malformed", body: ""),
            Refusal("POST", "/api/vp/instances", 400, "malformed", body: String(repeating: "[", count: 100_000)),
            Refusal(
                "POST", "/api/vp/instances", 400, "malformed", body: "[" + String(repeating: "1,", count: 20_000) + "1]"
            ),
            Refusal("POST", "/api/vp/instances", 422, "request_invalid", body: "{\"plan\": 7}"),
            Refusal("POST", "/api/vp/instances", 422, "request_invalid", body: "[]"),
            Refusal("POST", "/api/vp/instances", 422, "request_invalid", body: "{\"plan\": \"x\", \"paramters\": {}}"),
            Refusal("PUT", "/api/vp/instances/a", 422, "request_invalid", body: "{\"plan\": \"x\", \"restart\": true}"),
            Refusal(
                "PATCH", "/api/vp/instances/a/stages/b", 422, "request_invalid", body: "{\"options\": {}, \"a\": 1}"),
            Refusal("POST", "/api/vp/plans/validate", 422, "request_invalid", body: "{\"text\": \"a\", \"txt\": \"\"}"),
            Refusal("POST", "/api/vp/instances", 404, "plan_unknown", body: "{\"plan\": \"nope\"}"),
            Refusal("POST", "/api/vp/plans/validate", 422, "request_invalid", body: "{}"),
            Refusal("GET", "/api/vp/instances/nope", 404, "instance_unknown"),
            Refusal("DELETE", "/api/vp/instances/nope", 404, "instance_unknown"),
            Refusal("GET", "/api/vp/plans/..%2f..%2fetc", 404, "plan_unknown"),
            Refusal("GET", "/healthz", 403, "host_not_allowed", headers: ["Host": "rebound.example"]),
            Refusal("GET", "/healthz", 403, "origin_not_allowed", headers: ["Origin": "http://evil.example"]),
            Refusal("GET", "/healthz", 403, "origin_not_allowed", headers: ["Origin": "null"]),
            Refusal("GET", "/healthz", 400, "malformed", headers: ["Host": ""]),
            Refusal("GET", "/healthz", 400, "malformed", headers: ["Host": "a b"]),
            Refusal("GET", "/ws/vp/tap/cam/live", 426, "upgrade_required"),
        ])
    func refusals(refusal: Refusal) async throws {
        try await RunningTestServer.run { server in
            var headers = refusal.headers
            if let type = refusal.type { headers["Content-Type"] = type }
            let answer = try await server.send(refusal.method, refusal.path, headers: headers, body: refusal.body)
            #expect(answer.status == refusal.status)
            #expect(try answer.errorCode() == refusal.code)
            #expect(answer.headers["content-type"] == "application/json")
            answer.expectRefusesPages()
            if answer.status == 405 { #expect(answer.headers["allow"]?.contains("GET") == true) }
        }
    }

    @Test("a value that is none says what a value is, and where it stands")
    func values() async throws {
        try await RunningTestServer.run { server in
            for value in ["[1]", "null", "1e400", "{\"a\":1}"] {
                let answer = try await server.send(
                    "POST", "/api/vp/instances", body: "{\"plan\":\"x\",\"parameters\":{\"width\":\(value)}}")
                #expect(answer.status == 422)
                let error = try #require(try answer.json()["error"] as? [String: Any])
                #expect((error["message"] as? String)?.contains("parameters.width") == true, "\(error)")
            }
        }
    }

    @Test("HEAD is answered by a header alone, errors too: the next answer follows at once")
    func head() async throws {
        try await RunningTestServer.run { server in
            for path in ["/healthz", "/", "/nope", "/api/vp/instances/nope", "/metrics"] {
                let connection = try await RawConnection.open(port: server.port)
                let host = "Host: 127.0.0.1:\(server.port)\r\n"
                try await connection.write(
                    "HEAD \(path) HTTP/1.1\r\n\(host)\r\nGET /healthz HTTP/1.1\r\n\(host)Connection: close\r\n\r\n")
                let answers = String(decoding: try await connection.read(), as: UTF8.self)
                let parts = answers.components(separatedBy: "\r\n\r\n")
                #expect(parts.count == 3 && parts[1].hasPrefix("HTTP/1.1 200"), "\(path): \(answers)")
                let length = parts[0].firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) }
                // Its numbers are other ones a moment later, and as long as they are.
                if path == "/metrics" { continue }
                #expect(length == (try await server.send("GET", path)).body.count, "\(path)")
            }
        }
    }

    @Test("a method in small letters is none, and the refusal says so")
    func methods() async throws {
        try await RunningTestServer.run { server in
            for method in ["get", "Post", "FOO"] {
                let answer = try await server.send(method, "/healthz")
                #expect(answer.status == 400)
                #expect(String(decoding: answer.body, as: UTF8.self).contains("capitals"))
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var status: Int
        var code: String
        var headers: [String: String]
        var type: String?
        var body: String?

        init(
            _ method: String, _ path: String, _ status: Int, _ code: String, headers: [String: String] = [:],
            type: String? = nil, body: String? = nil
        ) {
            (self.method, self.path, self.status, self.code) = (method, path, status, code)
            (self.headers, self.type, self.body) = (headers, type, body)
        }

        var testDescription: String { "\(method) \(path) \(headers) \(body?.prefix(20) ?? "") → \(status)" }
    }

    @Test(
        "a body that is none, or breaks off, is refused once, and nobody is told of it in the log",
        arguments: [
            ["-1\r\n", "{}"], ["5\r\nhi\r\n", "more", "and more"], ["2\r\n{}X\r\n", "0\r\n\r\n"], ["g\r\n"],
            ["10000000000000000\r\n", "{}"], ["2\r\n{}\r\n0\r\nX: 1\r\n X", "Y\n\n", "{}", "{}"], ["2\r\n{"],
        ])
    func brokenBody(parts: [String]) async throws {
        let log = RecordedLog()
        try await RunningTestServer.run(log: log) { server in
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "POST /api/vp/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            for part in parts { try? await connection.write(part) }
            try? await connection.channel.close(mode: .output)
            let answers = String(decoding: try await connection.read(), as: UTF8.self)
            #expect(
                answers.components(separatedBy: "HTTP/1.1 ").count - 1 <= 1 && !answers.contains("HTTP/1.1 500"),
                "\(answers)")
            #expect(try await server.get("/healthz").status == 200)
        }
        #expect(log.lines == [])
    }

    @Test("a body beyond 1 MiB is 413, whether announced or not")
    func tooLarge() async throws {
        try await RunningTestServer.run { server in
            let announced = try await server.send(
                "POST", "/api/vp/instances", headers: ["Content-Length": "\(1 << 30)"], body: "{")
            #expect(announced.status == 413)
            #expect(try announced.errorCode() == "too_large")
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "POST /api/vp/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            for _ in 0..<40 { try? await connection.write(chunk) }
            let chunked = try HTTPAnswer(await connection.read())
            #expect(chunked.status == 413)
        }
    }

    @Test(
        "headers beyond the limits and bytes that are no HTTP are refused",
        arguments: [
            ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "A: b\r\n", count: 200) + "\r\n", 431),
            (
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: " + String(repeating: "b", count: 90_000) + "\r\n\r\n",
                431
            ),
            ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n", 400),
            ("\u{1}\u{2}\u{3} nonsense\r\n\r\n", 400),
        ])
    func notHTTP(request: String, status: Int) async throws {
        try await RunningTestServer.run { server in
            let connection = try await RawConnection.open(port: server.port)
            try? await connection.write(request)
            let answer = try HTTPAnswer(await connection.read())
            #expect(answer.status == status)
            #expect(try answer.errorCode() != nil)
            answer.expectRefusesPages()
        }
    }

    @Test(
        "a machine answers to its name, to the first part of it, and to what mDNS calls it",
        arguments: [
            ("Cam", ["cam", "cam.local"]), ("cam.house.example", ["cam.house.example", "cam", "cam.local"]),
            ("cam.local", ["cam", "cam.local"]), ("", []),
        ] as [(String, Set<String>)])
    func machineNames(machine: String, names: Set<String>) {
        #expect(HostRules.names(of: machine) == names)
    }

    @Test("a server that is stopping is not ready")
    func readiness() async throws {
        try await RunningTestServer.run { server async throws in
            #expect(try await server.get("/readyz").status == 200)
            server.parts.readiness.stop()
            #expect(try await server.get("/readyz").status == 503)
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test("an Upgrade to something else is an ordinary request")
    func otherUpgrade() async throws {
        try await RunningTestServer.run { server in
            let answer = try await server.get("/healthz", headers: ["Connection": "Upgrade", "Upgrade": "h2c"])
            #expect(answer.status == 200)
        }
    }

    @Test(
        "who listens beyond loopback is not alone",
        arguments: [
            ("127.0.0.1", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("::", false),
            ("10.0.0.1", false), ("127.0.0.1.example", false),
        ])
    func remote(host: String, isLocal: Bool) {
        var configuration = ServerConfiguration()
        configuration.host = host
        #expect(configuration.addresses.allSatisfy(\.isLocal) == isLocal)
    }
}
