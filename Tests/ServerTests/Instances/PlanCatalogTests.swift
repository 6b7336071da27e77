import Foundation
import TestSupport
import Testing

@testable import Server

@Suite("The list of plans")
struct PlanCatalogTests {
    private static let plan = "videotestsrc name=one ! streamtap name=live"

    @Test("it is another one exactly where a file is another one, came or went")
    func versions() async throws {
        let directory = try TemporaryDirectory()
        let catalog = PlanCatalog(library: PlanLibrary(directory: directory.path))
        var last = try catalog.listing()
        #expect(last.json == "[]")
        /// - Returns: whether the listing is another one after `change`.
        func isNews(_ change: () throws -> Void) throws -> Bool {
            try change()
            let now = try catalog.listing()
            defer { last = now }
            #expect((now.version != last.version) == (now.json != last.json))
            return now.version != last.version
        }
        let path = directory.url.appending(path: "a.plan").path()
        #expect(try isNews { try directory.write(Self.plan, to: "a.plan") })
        #expect(try !isNews {})
        // In the same tick of a coarse clock, and as long as before.
        #expect(try isNews { try directory.write(Self.plan.replacing("live", with: "lice"), to: "a.plan") })
        #expect(last.json.contains("lice"))
        #expect(try isNews { try directory.write("nonsense !", to: "b.plan") })
        #expect(last.json.contains("diagnostics\":[{"))
        #expect(try !isNews { try directory.write("no plan", to: "c.txt") })
        // Links are the operator's to make, and lead to what is edited.
        let target = try directory.write(Self.plan, to: "target.txt")
        #expect(
            try isNews {
                try FileManager.default.createSymbolicLink(
                    atPath: directory.url.appending(path: "link.plan").path(), withDestinationPath: target)
            })
        #expect(try isNews { try directory.write(Self.plan.replacing("live", with: "lined"), to: "target.txt") })
        #expect(last.json.contains("lined"))
        #expect(
            try isNews {
                try FileManager.default.moveItem(atPath: path, toPath: path.replacing("a.plan", with: "d.plan"))
            })
        #expect(try isNews { try FileManager.default.removeItem(at: directory.url.appending(path: "b.plan")) })
        #expect(last.json.contains("\"name\":\"d\"") && !last.json.contains("\"name\":\"b\""))
    }

    @Test("whoever has the list is told so", .timeLimit(.minutes(1)))
    func notModified() async throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.plan, to: "a.plan")
        let library = PlanLibrary(directory: directory.path)
        try await RunningTestServer.run(configure: { $0.library = library }) { server in
            let path = "/api/vp/plans"
            let first = try await server.get(path)
            let tag = try #require(first.headers["etag"])
            #expect(first.status == 200)
            #expect(try (first.json()["plans"] as? [[String: Any]])?.map { $0["name"] as? String } == ["a"])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await server.get(path, headers: ["If-None-Match": known])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == tag)
            }
            try directory.write(Self.plan, to: "b.plan")
            let other = try await server.get(path, headers: ["If-None-Match": tag])
            #expect(other.status == 200 && other.headers["etag"] != tag)
        }
    }
}
