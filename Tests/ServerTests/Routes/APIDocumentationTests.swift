import Foundation
import Testing
import WorkerLink

@testable import Server

/// docs/api.md is what people program against.
@Suite("docs/api.md")
struct APIDocumentationTests {
    static let text =
        (try? String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/api.md"),
            encoding: .utf8)) ?? ""

    /// `GET /api/vp/plans`, `POST …`, as the tables have them.
    static let endpoints = text.matches(of: /\| `(GET|POST|PUT|PATCH|DELETE) (\/[^`]*)` \|/).map {
        (method: String($0.1), path: String($0.2))
    }

    @Test("every endpoint it names is there")
    func endpoints() async throws {
        #expect(Self.endpoints.count >= 20)
        try await RunningTestServer.run { server in
            for (method, path) in Self.endpoints {
                let concrete = path.replacing(/\{[a-z]+\}/, with: "x")
                let connection = try await RawConnection.open(port: server.port)
                try await connection.write(
                    "\(method) \(concrete) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                let answer = try HTTPAnswer(await connection.read())
                if answer.status >= 400 {
                    let code = try answer.errorCode()
                    #expect(code != "not_found" && code != "method_not_allowed", "\(method) \(path)")
                }
            }
        }
    }

    @Test("it names every reason and every state")
    func words() {
        for state in InstanceState.allCases { #expect(Self.text.contains("`\(state.rawValue)`")) }
        for reason in FailureReason.allCases { #expect(Self.text.contains("`\(reason.rawValue)`")) }
    }

    @Test("its JSON is JSON")
    func json() throws {
        let blocks = Self.text.matches(of: /```json\n((?s:.*?))```/)
        #expect(blocks.count >= 2)
        for block in blocks { _ = try JSONSerialization.jsonObject(with: Data(block.1.utf8)) }
    }
}
