import Foundation
import JWTKit
import TestSupport
import Testing

@testable import Server

@Suite("Who somebody else says that one is", .timeLimit(.minutes(2)))
struct OutsideIdentityTests {
    private static let proxies = ["127.0.0.1"].compactMap { TrustedProxy($0) }

    private func run(
        _ outside: OutsideIdentity, trusting proxies: [TrustedProxy] = [], records: AccessRecords = AccessRecords(),
        _ body: @escaping @Sendable (RunningTestServer) async throws -> Void
    ) async throws {
        let book = AccessBook(isLocal: false, newcomers: outside.newcomers)
        book.replace(records)
        let signed = try await SignedTokens(outside, book)
        try await RunningTestServer.run(
            trusting: proxies, outside: outside,
            configure: {
                $0.accounts = Accounts(open: book)
                $0.signedTokens = signed
            }, body)
    }

    @Test("A trusted proxy's header names a user; anybody else's says nothing")
    func header() async throws {
        var outside = OutsideIdentity()
        outside.userHeader = "X-Forwarded-User"
        for isTrusted in [true, false] {
            try await run(outside, trusting: isTrusted ? Self.proxies : [], records: TestAccess.records()) { server in
                func status(_ user: String?, _ path: String) async throws -> Int {
                    try await server.get(path, headers: user.map { ["X-Forwarded-User": $0] } ?? [:]).status
                }
                let answers = [
                    ("anna", "/api/vp/users", 200), ("otto", "/api/vp/stages", 200), ("otto", "/api/vp/users", 403),
                    ("vera", "/api/vp/stages", 403),
                ]
                for (user, path, expected) in answers {
                    let status = try await status(user, path)
                    #expect(status == (isTrusted ? expected : 401), "\(user) \(path)")
                }
                for nobody in [nil, "", "eve", "anna,otto", "ä"] {
                    #expect(try await status(nobody, "/api/vp/taps") == 401, "\(nobody ?? "nil")")
                }
            }
        }
    }

    @Test("Those whom the proxy knows and nobody else are let in as what somebody has said")
    func newcomers() async throws {
        var outside = OutsideIdentity()
        (outside.userHeader, outside.newcomers) = ("Remote-User", .viewer)
        try await run(outside, trusting: Self.proxies) { server in
            _ = server.addTaps("live", instance: "door")
            let headers = ["Remote-User": "eve"]
            #expect(try await server.get("/api/vp/taps/door", headers: headers).status == 200)
            #expect(try await server.get("/api/vp/stages", headers: headers).status == 403)
            let session = try await server.get("/api/vp/session", headers: headers).json()
            #expect(session["user"] as? String == "eve" && session["role"] as? String == "viewer")
        }
    }

    private struct Signer {
        let key = ES256PrivateKey()
        let keys: JWTKeyCollection

        init() async { keys = await JWTKeyCollection().add(ecdsa: key, kid: "one") }

        /// A JSON Web Key Set of its public half.
        func set() throws -> String {
            let parameters = try #require(key.publicKey.parameters)
            func url(_ text: String) -> String {
                text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            }
            return """
                {"keys":[{"kty":"EC","crv":"P-256","kid":"one","alg":"ES256","use":"sig",
                  "x":"\(url(parameters.x))","y":"\(url(parameters.y))"}]}
                """
        }

        func sign(_ claims: String) async throws -> String {
            let payload = try JSONDecoder().decode(SignedClaims.self, from: Data(claims.utf8))
            return try await keys.sign(payload, kid: "one")
        }
    }

    @Test("Signed tokens are good for what they say, by whoever has the key, and for nothing else")
    func signed() async throws {
        let directory = try TemporaryDirectory()
        let (signer, stranger) = (await Signer(), await Signer())
        var outside = OutsideIdentity()
        outside.keys = try directory.write(try signer.set(), to: "keys.json")
        (outside.issuer, outside.audience, outside.roleClaim) = ("https://id.example", "streamtap", "roles")
        let soon = Int(Date().timeIntervalSince1970) + 600
        func claims(_ changes: [String: String?] = [:]) -> String {
            let all = [
                "iss": "\"https://id.example\"", "aud": "[\"other\",\"streamtap\"]", "sub": "\"anna\"",
                "exp": "\(soon)",
                "roles": "[\"staff\",\"operator\"]",
            ].merging(changes.compactMapValues { $0 }) { $1 }
            let kept = all.filter { changes[$0.key] != .some(nil) }
            return "{" + kept.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        }
        let good = try await signer.sign(claims())
        let viewing = try await signer.sign(claims(["roles": "\"viewer\"", "views": "[\"door/*\"]"]))
        var bad: [String: String] = ["by a stranger": try await stranger.sign(claims())]
        for (what, changes) in [
            ("over", ["exp": "\(soon - 700)"]), ("without an end", ["exp": nil]), ("not yet", ["nbf": "\(soon)"]),
            ("another issuer", ["iss": "\"https://else.example\""]), ("another audience", ["aud": "\"other\""]),
            ("nobody's", ["sub": nil]), ("without a role", ["roles": "[\"staff\"]"]),
            ("role of the wrong kind", ["roles": "7"]),
        ] as [(String, [String: String?])] {
            bad[what] = try await signer.sign(claims(changes))
        }
        let parts = good.split(separator: ".").map(String.init)
        let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
        bad["unsigned"] = "\(none).\(parts[1])."
        bad["unsigned with a signature"] = "\(none).\(parts[1]).\(parts[2])"
        bad["changed"] = "\(parts[0]).\(parts[1])x.\(parts[2])"
        bad["nonsense"] = "a.b.c"
        let refused = bad
        try await run(outside) { server in
            let feed = server.addTaps("live", instance: "door")[0]
            for _ in 0..<2 {
                #expect(try await server.get("/api/vp/stages", headers: TestAccess.bearer(good)).status == 200)
                #expect(try await server.get("/api/vp/users", headers: TestAccess.bearer(good)).status == 403)
                #expect(try await server.get("/api/vp/taps/door", headers: TestAccess.bearer(viewing)).status == 200)
                #expect(try await server.get("/api/vp/taps/yard", headers: TestAccess.bearer(viewing)).status == 404)
                for (what, token) in refused {
                    #expect(
                        try await server.get("/api/vp/taps", headers: TestAccess.bearer(token)).status == 401, "\(what)"
                    )
                }
            }
            let path = "/ws/vp/tap/door/live?format=binary"
            let client = try await WebSocketClient.connect(
                port: server.port, path: path, headers: [("Authorization", "Bearer \(viewing)")])
            try await eventually { feed.metrics.viewers == 1 }
            try await client.close()
        }
        // One that nobody has asked with before opens a socket, too.
        try await run(outside) { server in
            let feed = server.addTaps("live", instance: "door")[0]
            let client = try await WebSocketClient.connect(
                port: server.port, path: "/ws/vp/tap/door/live?format=binary",
                headers: [("Authorization", "Bearer \(viewing)")])
            try await eventually { feed.metrics.viewers == 1 }
            try await client.close()
        }
        // Nor one that says so first thing, as scripts do.
        for (token, isKnown) in [(viewing, true), (refused["by a stranger"] ?? "", false)] {
            try await run(outside) { server in
                _ = server.addTaps("live", instance: "door")
                let client = try await WebSocketClient.connect(port: server.port, path: "/ws/vp")
                try await client.send(#"{"type":"authorize","token":"\#(token)"}"#)
                #expect(try await client.nextJSON()["type"] as? String == (isKnown ? "authorized" : "error"))
                try? await client.close()
            }
        }
        // A key that is taken away, and what it signed.
        let path = try #require(outside.keys)
        try stranger.set().write(toFile: path, atomically: true, encoding: .utf8)
        let book = AccessBook(isLocal: false)
        try signer.set().write(toFile: path, atomically: true, encoding: .utf8)
        let tokens = try #require(try await SignedTokens(outside, book))
        let identity = try #require(await tokens.identity(verifying: good))
        #expect(book.isGood(identity))
        try stranger.set().write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: Date() + 10], ofItemAtPath: path)
        await tokens.refresh()
        #expect(!book.isGood(identity))
        #expect(await tokens.identity(verifying: good) == nil)
    }

    @Test(
        "Keys that cannot be read end the start",
        arguments: ["", "{}", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"])
    func keys(text: String) async throws {
        let directory = try TemporaryDirectory()
        var outside = OutsideIdentity()
        outside.keys = try directory.write(text, to: "keys.json")
        let rules = outside
        await #expect(throws: ServiceError.self) { _ = try await SignedTokens(rules, AccessBook()) }
        withExtendedLifetime(directory) {}
    }
}
