import Foundation
import Testing
import WorkerLink

@testable import Server

/// docs/api.md is what people program against.
@Suite("docs/api.md", .timeLimit(.minutes(2)))
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
        for kind in LoggedEvent.Kind.allCases { #expect(Self.text.contains("`\(kind.rawValue)`")) }
    }

    @Test("every code stands beside its status")
    func codes() {
        let rows = Self.text.matches(of: /(?m:^)\| ([\d, ]+) [^|]*\|([^\n]*)\|/).map { row in
            (statuses: row.1.matches(of: /\d{3}/).compactMap { Int($0.0) }, codes: String(row.2))
        }
        for code in ServiceError.Code.allCases {
            #expect((400...599).contains(code.status))
            let row = rows.filter { $0.codes.contains("`\(code.rawValue)`") }
            #expect(row.count == 1 && row[0].statuses.contains(code.status), "\(code.rawValue) is \(code.status)")
        }
        let documented = rows.flatMap { $0.codes.matches(of: /`([a-z_]+)`/).map { String($0.1) } }
        #expect(documented.count == ServiceError.Code.allCases.count, "no other code is named")
    }

    /// The instance that the page shows.
    static func instanceExample() throws -> String {
        try #require(text.matches(of: /```json\n((?s:.*?))```/).map { String($0.1) }.first { $0.contains("\"since\"") })
    }

    @Test("an instance has the keys that it shows, all of them, and no others")
    func instance() async throws {
        let block = try Self.instanceExample()
        let documented = try #require(try JSONSerialization.jsonObject(with: Data(block.utf8)) as? [String: Any])
        // What is there only at times is optional in the type.
        var full = try JSONDecoder().decode(InstanceSnapshot.self, from: Data(block.utf8))
        #expect(full.reason != nil && full.message != nil && full.nextRetryAt != nil && full.lastFrameAgeMs != nil)
        full.parameters = [:]
        try #require(full.branches.first?.reason != nil)
        #expect(Self.keys(try Self.json(full)) == Self.keys(documented.merging(["parameters": [String: Any]()]) { $1 }))
        try await TestService.run { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let running = try await service.until(.running, "pattern")
            #expect(Self.keys(try Self.json(running)).isSubset(of: Self.keys(documented)))
        }
    }

    @Test("an event has the keys that it shows")
    func event() throws {
        let blocks = Self.text.matches(of: /```json\n((?s:.*?))```/).map { String($0.1) }
        let block = try #require(blocks.first { $0.contains("\"events\"") })
        let documented = try JSONSerialization.jsonObject(with: Data(block.utf8))
        let event = LoggedEvent(.state, of: "door", state: .retrying, reason: "refused", message: "no", by: "anna")
        #expect(Self.keys(try Self.json(["events": [event]])) == Self.keys(documented))
    }

    @Test("a tap has the keys that it lists")
    func tap() throws {
        let list = try #require(Self.text.firstMatch(of: /\{taps:\{id:\{([a-z_,]+)\}\}\}/))
        let feed = TestFrames.feed()
        feed.publish(TestFrames.frame(1))
        let keys = Self.keys(try Self.json(feed.metrics))
        #expect(keys.filter { !$0.contains(".") } == Set(list.1.split(separator: ",").map(String.init)))
        let levels = try #require(Self.text.firstMatch(of: /`levels`: `\{([a-z,]+)\}`, each `\{([a-z,]+)\}`/))
        let (names, parts) = (levels.1.split(separator: ","), levels.2.split(separator: ","))
        let documented = names.flatMap { name in ["levels.\(name)"] + parts.map { "levels.\(name).\($0)" } }
        #expect(keys.filter { $0.contains(".") } == Set(documented))
    }

    private static func json(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(JSONText.encode(value).utf8))
    }

    /// Every key with those above it: `stages.p50_us`.
    private static func keys(_ value: Any) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            return object.reduce(into: Set<String>()) { keys, entry in
                keys.insert(entry.key)
                if entry.key != "options" { keys.formUnion(Self.keys(entry.value).map { "\(entry.key).\($0)" }) }
            }
        case let list as [Any]: return list.reduce(into: Set<String>()) { $0.formUnion(Self.keys($1)) }
        default: return []
        }
    }

    @Test("its JSON is JSON")
    func json() throws {
        let blocks = Self.text.matches(of: /```json\n((?s:.*?))```/)
        #expect(blocks.count >= 2)
        for block in blocks { _ = try JSONSerialization.jsonObject(with: Data(block.1.utf8)) }
    }
}
