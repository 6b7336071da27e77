import Foundation
import NIOCore
import Testing

@testable import Server

@Suite("The page", .timeLimit(.minutes(2)))
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
            #expect(try await server.get("/embed/cam/view").body == server.get("/embed.html").body)
        }
    }

    @Test(
        "a policy allows what is used, by name: sockets of this server and no other, no frame unless somebody has said so"
    )
    func policies() async throws {
        let house = try #require(FramingOrigin("https://house.example"))
        let panel = try #require(FramingOrigin("http://[fd00::7]:8123"))
        let (exact, base) = (
            "default-src 'self'; media-src 'self' blob:; connect-src 'self'; base-uri",
            "form-action 'none'; frame-ancestors"
        )
        for (origins, ancestors) in [([], "'none'"), ([house, panel], "https://house.example http://[fd00::7]:8123")] {
            try await RunningTestServer.run(framedBy: origins) { server in
                for (path, start, end) in [
                    ("/", "'none'", "'none'"), ("/main.js", "'none'", "'none'"),
                    ("/embed/cam/view", "'self'", ancestors),
                ] {
                    let policy = try await server.get(path).headers["content-security-policy"]
                    #expect(policy == "\(exact) \(start); \(base) \(end)")
                }
            }
        }
    }

    @Test("an origin is a scheme, a host, perhaps a port, and nothing else")
    func origins() {
        for text in ["https://house.example", "http://10.0.0.7:8123", "http://localhost", "http://[::1]:80"] {
            #expect(FramingOrigin(text)?.text == text)
        }
        #expect(FramingOrigin("HTTPS://House.Example")?.text == "https://house.example")
        for text in [
            "", "*", "house.example", "https://", "https://*.example", "https://house.example/",
            "https://house.example:99999",
            "https://a b", "https://a;script-src", "https://a,b", "ftp://house.example", "'self'", "https://a\r\nX: y",
        ] {
            #expect(FramingOrigin(text) == nil, "\(text)")
        }
    }

    @Test("no file of the page names an address that begins at the root: a proxy may show it under a path of its own")
    func relative() throws {
        for file in PageFile.all + PageFile.examples where !file.name.hasSuffix(".svg") {
            let text = String(buffer: file.content)
            let absolute = text.matches(
                of: /href="\/|["'`(]\/(api|ws|embed|examples|[a-z\-]+\.(js|css|svg|html))\b/
            ).map { String($0.0) }
            #expect(absolute == [], "\(file.name)")
        }
    }

    @Test(
        "an address with a slash too many, or one too few, leads to the right one, wherever a proxy shows it",
        arguments: [
            ("/embed/cam/view/", "../view"), ("/embed/cam/view//?x=1", "../../view?x=1"), ("/examples", "examples/"),
            ("/examples?x", "examples/?x"), ("/examples/one-tap.html/", "../one-tap.html"),
            ("/index.html/", "../index.html"),
            ("/", nil), ("//", nil), ("/?wall=", nil), ("/examples/", nil), ("/embed/cam/view", nil),
        ] as [(String, String?)])
    func slashes(path: String, location: String?) async throws {
        try await RunningTestServer.run { server in
            let answer = try await server.get(path)
            #expect(answer.status == (location == nil ? 200 : 308))
            #expect(answer.headers["location"] == location)
            #expect(answer.headers["content-security-policy"] != nil)
        }
    }

    @Test("every example is served, as it is, and may run its own script and no other")
    func examples() async throws {
        let directory = directory.deletingLastPathComponent().appending(path: "Examples")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(Set(names) == Set(PageFile.examples.map(\.name)))
        for file in PageFile.examples {
            let text = String(buffer: file.content)
            let scripts = text.matches(of: /<script>((?s:.*?))<\/script>/).map { String($0.1) }
            #expect(try scripts.map(Self.sha256) == [file.script].compactMap(\.self), "\(file.name)")
        }
        try await RunningTestServer.run { server in
            let index = try await server.get("/examples/")
            #expect(index.status == 200)
            for name in names where name != "examples.html" {
                #expect(String(decoding: index.body, as: UTF8.self).contains("href=\"\(name)\""))
                let answer = try await server.get("/examples/\(name)")
                #expect(answer.status == 200)
                #expect(answer.body == Array(try Data(contentsOf: directory.appending(path: name))))
                let policy = try #require(answer.headers["content-security-policy"])
                #expect(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"))
            }
        }
    }

    @Test("README.md and docs/api.md print the examples that run")
    func printed() throws {
        let root = directory.appending(path: "../../..").standardized
        for (document, example) in [("README.md", "one-tap.html"), ("docs/api.md", "many-taps.html")] {
            let text = try String(contentsOf: root.appending(path: document), encoding: .utf8)
            let blocks = text.matches(of: /```html\n((?s:.*?))```/).map { String($0.1) }
            let file = try #require(PageFile.examples.first { $0.name == example })
            #expect(blocks == [String(buffer: file.content)], "\(document)")
        }
    }

    /// Base64, as a policy has it.
    private static func sha256(_ text: String) throws -> String {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        let hex = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).prefix(64)
        process.waitUntilExit()
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
        return Data(bytes).base64EncodedString()
    }
}
