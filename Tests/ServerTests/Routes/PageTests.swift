import Foundation
import Testing

@testable import Server

@Suite("The page")
struct PageTests {
    private var directory: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/Server/Page")
            .standardized
    }

    @Test("every file of Page/ is served, as it is, with a type and a policy")
    func files() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(Set(names) == Set(PageFile.all.map(\.name)))
        let directory = directory
        try await RunningTestServer.run { server in
            for name in names {
                let answer = try await server.get("/\(name)")
                #expect(answer.status == 200)
                #expect(answer.body == Array(try Data(contentsOf: directory.appending(path: name))))
                #expect(answer.headers["content-type"]?.hasPrefix("application/octet-stream") == false)
                #expect(answer.headers["content-security-policy"]?.contains("default-src 'self'") == true)
                #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                let tag = try #require(answer.headers["etag"])
                let again = try await server.get("/\(name)", headers: ["If-None-Match": tag])
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
            }
            #expect(try await server.get("/").body == server.get("/index.html").body)
        }
    }
}
