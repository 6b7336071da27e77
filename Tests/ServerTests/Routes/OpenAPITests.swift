import Foundation
import Testing

@testable import Server

/// `/openapi.json` says what the server does: no route is missing, none is made up, and what each takes is what is asked.
@Suite("The contract for programs")
struct OpenAPITests {
    private func document() throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)) as? [String: Any])
    }

    private func operations() throws -> [String: [String: Any]] {
        let paths = try #require(try document()["paths"] as? [String: [String: [String: Any]]])
        return Dictionary(
            uniqueKeysWithValues: paths.flatMap { path, methods in
                methods.map { ("\($0.key.uppercased()) \(path)", $0.value) }
            })
    }

    @Test("Its operations are the routes, and what each takes is what the authorisation's table says")
    func complete() throws {
        let operations = try operations()
        #expect(Set(operations.keys) == Set(AuthorizationTests.table.keys))
        for (route, least) in AuthorizationTests.table {
            #expect(operations[route]?["x-role"] as? String == least.rawValue, "\(route)")
            #expect((operations[route]?["security"] != nil) == (least == .anybody), "\(route)")
        }
    }

    @Test("Each names what its path holds, and says what a failure looks like; references lead somewhere")
    func sound() throws {
        for (route, operation) in try operations() {
            let named = (operation["parameters"] as? [[String: Any]] ?? []).filter { $0["in"] as? String == "path" }
                .compactMap { $0["name"] as? String }
            #expect(named == route.matches(of: #/{(\w+)}/#).map { String($0.1) }, "\(route)")
            #expect((operation["responses"] as? [String: Any])?["default"] != nil, "\(route)")
        }
        let schemas = (try document()["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
        let text = String(decoding: PackageResources.openapi_json, as: UTF8.self)
        for reference in text.matches(of: #/#\/components\/schemas\/(\w+)/#) {
            #expect(schemas[String(reference.1)] != nil, "\(reference.1)")
        }
    }

    @Test("Bodies have the keys that routes read, and no others")
    func bodies() throws {
        let known: [String: [String]] = [
            "POST /api/vp/discover": SearchRequest.keys, "POST /api/vp/ptz/move": MoveRequest.keys,
            "POST /api/vp/ptz/stop": CameraRequest.keys, "POST /api/vp/ptz/goto": PresetRequest.keys,
        ]
        let operations = try operations()
        for (route, keys) in known {
            let body = operations[route]?["requestBody"] as? [String: Any]
            let content = (body?["content"] as? [String: Any])?["application/json"] as? [String: Any]
            let properties = (content?["schema"] as? [String: Any])?["properties"] as? [String: Any]
            #expect(properties.map { Set($0.keys) } == Set(keys), "\(route)")
        }
        let schemas = (try document()["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
        let request = schemas?["InstanceRequest"]?["properties"] as? [String: Any]
        #expect(request.map { Set($0.keys) } == Set(InstanceRequest.keys))
    }
}
