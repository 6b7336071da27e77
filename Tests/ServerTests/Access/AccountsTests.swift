import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Signing in", .timeLimit(.minutes(2)))
struct AccountsTests {
    private static let password = "correct horse"

    private func run(
        _ body: @escaping @Sendable (RunningTestServer, Accounts) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let accounts = try await Accounts(AccessBook(), store: AccessStore(in: directory.path))
        try await accounts.addUser("anna", Self.password, role: .admin, views: [])
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            try await body(server, accounts)
        }
        withExtendedLifetime(directory) {}
    }

    private func signIn(
        _ server: RunningTestServer, _ user: String = "anna", _ password: String = AccountsTests.password
    ) async throws -> HTTPAnswer {
        try await server.send(
            "POST", "/api/vp/session",
            body: String(decoding: JSONEncoder().encode(["user": user, "password": password]), as: UTF8.self))
    }

    private func cookie(_ answer: HTTPAnswer) throws -> [String: String] {
        let field = try #require(answer.headers["set-cookie"])
        return ["Cookie": String(field.prefix { $0 != ";" })]
    }

    @Test("A session begins with the right password, is shown as a cookie that nobody else reads, and ends")
    func session() async throws {
        try await run { server, accounts in
            let answer = try await signIn(server)
            #expect(answer.status == 200)
            #expect(try answer.json()["user"] as? String == "anna")
            let field = try #require(answer.headers["set-cookie"])
            for word in ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=2592000"] {
                #expect(field.contains(word), "\(field)")
            }
            #expect(!field.contains("Secure"))
            let headers = try cookie(answer)
            #expect(try await server.get("/api/vp/users", headers: headers).status == 200)
            // What is kept lets nobody in.
            let secret = try #require(headers["Cookie"]?.split(separator: "=").last.map(String.init))
            #expect(!accounts.book.records.sessions.contains { $0.digest.bytes == Data(secret.utf8) })
            let sessions =
                try await server.get("/api/vp/sessions", headers: headers).json()["sessions"] as? [[String: Any]]
            #expect(sessions?.count == 1 && sessions?.first?["current"] as? Bool == true)
            #expect(try await server.send("DELETE", "/api/vp/session", headers: headers).status == 204)
            #expect(try await server.get("/api/vp/users", headers: headers).status == 401)
            #expect(accounts.book.records.sessions.isEmpty)
        }
    }

    @Test("Behind TLS the cookie goes over nothing else, and one that anybody could have set is not looked at")
    func secureCookie() async throws {
        let directory = try TemporaryDirectory()
        let accounts = try await Accounts(AccessBook(), store: AccessStore(in: directory.path))
        try await accounts.addUser("anna", Self.password, role: .admin, views: [])
        let proxies = ["127.0.0.1"].compactMap { TrustedProxy($0) }
        try await RunningTestServer.run(trusting: proxies, configure: { $0.accounts = accounts }) { server in
            let secure = ["X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"]
            let answer = try await server.send(
                "POST", "/api/vp/session", headers: secure, body: #"{"user":"anna","password":"correct horse"}"#)
            let field = try #require(answer.headers["set-cookie"])
            #expect(field.hasPrefix("__Host-streamtap=") && field.contains("; Secure") && field.contains("Path=/;"))
            let secret = try #require(field.split(separator: ";").first?.split(separator: "=").last.map(String.init))
            func status(_ name: String, _ headers: [String: String]) async throws -> Int {
                try await server.get("/api/vp/users", headers: headers.merging(["Cookie": "\(name)=\(secret)"]) { $1 })
                    .status
            }
            #expect(try await status("__Host-streamtap", secure) == 200)
            let below = try await server.send(
                "POST", "/api/vp/session", headers: ["X-Forwarded-Prefix": "/cams"],
                body: #"{"user":"anna","password":"correct horse"}"#)
            #expect(below.headers["set-cookie"]?.contains("Path=/cams/;") == true)
            #expect(try await status("streamtap", secure) == 401)
            #expect(try await status("__Host-streamtap", [:]) == 401)
        }
        withExtendedLifetime(directory) {}
    }

    @Test(
        "A wrong name and a wrong password are answered alike",
        arguments: [
            ("anna", "wrong"), ("nobody", "wrong"), ("nobody", "correct horse"), ("", ""), ("ANNA ", "correct horse"),
            ("ä", "x"),
        ])
    func wrong(user: String, password: String) async throws {
        try await run { server, _ in
            let answer = try await signIn(server, user, password)
            #expect(answer.status == 401)
            #expect(try answer.errorCode() == "bad_credentials")
            let error = try answer.json()["error"] as? [String: Any]
            #expect(error?["message"] as? String == ServiceError.badCredentials.message)
            #expect(answer.headers["set-cookie"] == nil)
        }
    }

    @Test("Names are taken in capitals, too, and letters however a keyboard writes them")
    func spelling() async throws {
        try await run { server, accounts in
            #expect(try await signIn(server, "Anna").status == 200)
            try await accounts.addUser("bert", "Zuf\u{00E4}lliges", role: .viewer, views: [])
            #expect(try await signIn(server, "bert", "Zufa\u{0308}lliges").status == 200)
        }
    }

    @Test("Tries are counted, and those who know the password still get in from where they were")
    func throttle() throws {
        let throttle = LoginThrottle()
        var now: Int64 = 0
        throttle.succeeded("anna", from: "home")
        for _ in 0..<10 { try throttle.begin("anna", from: "away", at: now) }
        #expect(throws: ServiceError.self) { try throttle.begin("anna", from: "away", at: now) }
        #expect(throws: ServiceError.self) { try throttle.begin("other", from: "away", at: now) }
        #expect(throws: ServiceError.self) { try throttle.begin("anna", from: "elsewhere", at: now) }
        try throttle.begin("anna", from: "home", at: now)
        now += 6_000_000_000
        try throttle.begin("anna", from: "away", at: now)
        #expect(throws: ServiceError.self) { try throttle.begin("anna", from: "away", at: now) }
        // However many names and addresses there are, some are still refused and none is remembered without end.
        for number in 0..<30_000 { try? throttle.begin("user\(number % 7)", from: "address\(number)", at: now) }
        #expect(throws: ServiceError.self) { for _ in 0..<20 { try throttle.begin("user1", from: "new", at: now) } }
    }

    @Test("Strangers are read no more than a name and a password")
    func longBodies() async throws {
        try await run { server, _ in
            #expect(try await signIn(server, "anna", String(repeating: "x", count: 20_000)).status == 413)
            let setup = try await server.send(
                "POST", "/api/vp/setup", body: #"{"key":"\#(String(repeating: "x", count: 20_000))"}"#)
            #expect(setup.status == 413)
        }
    }

    @Test("Too many tries are answered 429, whatever the password")
    func tooMany() async throws {
        try await run { server, accounts in
            let now = MonotonicClock.now()
            for number in 0..<10 { try accounts.throttle.begin("anna", from: "address \(number)", at: now) }
            #expect(try await signIn(server).status == 429)
        }
    }

    @Test("The first admin is made by the link, once; others may not use it")
    func firstAdmin() async throws {
        let directory = try TemporaryDirectory()
        let accounts = try await Accounts(AccessBook(), store: AccessStore(in: directory.path))
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            func setUp(_ key: String, _ user: String, _ password: String = Self.password) async throws -> HTTPAnswer {
                try await server.send(
                    "POST", "/api/vp/setup", body: #"{"key":"\#(key)","user":"\#(user)","password":"\#(password)"}"#)
            }
            let session = try await server.get("/api/vp/session").json()
            #expect(session["open"] as? Bool == true && session["awaits_first_admin"] as? Bool == true)
            #expect(try await setUp("wrong", "eve").status == 403)
            #expect(try await setUp(accounts.firstAdmin.key, "anna", "short").errorCode() == "password_invalid")
            let made = try await setUp(accounts.firstAdmin.key, "anna")
            #expect(made.status == 200)
            #expect(try await setUp(accounts.firstAdmin.key, "eve").status == 403)
            #expect(try await server.get("/api/vp/instances").status == 401)
            #expect(try await server.get("/api/vp/instances", headers: cookie(made)).status == 200)
            let after = try await server.get("/api/vp/session").json()
            #expect(after["signed_in"] as? Bool == false && after["awaits_first_admin"] as? Bool == false)
        }
        withExtendedLifetime(directory) {}
    }

    @Test("Nobody can be locked out of all: the last admin stays, and the first user is one")
    func lastAdmin() async throws {
        let directory = try TemporaryDirectory()
        let accounts = try await Accounts(AccessBook(), store: AccessStore(in: directory.path))
        await #expect(throws: ServiceError.self) {
            try await accounts.addUser("vera", Self.password, role: .viewer, views: [])
        }
        await #expect(throws: ServiceError.self) {
            _ = try await accounts.addToken("x", Rights(role: .admin), expires: nil)
        }
        try await accounts.addUser("anna", Self.password, role: .admin, views: [])
        try await accounts.addUser("vera", Self.password, role: .viewer, views: [])
        await #expect(throws: ServiceError.self) { try await accounts.removeUser("anna") }
        await #expect(throws: ServiceError.self) {
            try await accounts.changeUser("anna", role: .viewer, views: nil, password: nil)
        }
        try await accounts.removeUser("vera")
        try await accounts.removeUser("anna")
        #expect(accounts.book.isOpen)
        withExtendedLifetime(directory) {}
    }

    @Test(
        "A token is shown once, is good for what it says until it is over, and only what watches may stand in an address"
    )
    func tokens() async throws {
        try await run { server, accounts in
            let headers = try cookie(try await signIn(server))
            func make(_ body: String) async throws -> HTTPAnswer {
                try await server.send("POST", "/api/vp/tokens", headers: headers, body: body)
            }
            let viewing = try await make(#"{"name":"hall","views":[{"taps":"door/live","max_width":640}]}"#)
            #expect(viewing.status == 201)
            let secret = try #require(try viewing.json()["token"] as? String)
            #expect(secret.hasPrefix("streamtap_") && secret.count == 53)
            let operating = try #require(
                try await make(#"{"name":"automation","role":"operator"}"#).json()["token"] as? String)
            let metrics = try #require(
                try await make(#"{"name":"prometheus","metrics":true}"#).json()["token"] as? String)
            let list = String(decoding: try await server.get("/api/vp/tokens", headers: headers).body, as: UTF8.self)
            for token in [secret, operating, metrics] { #expect(!list.contains(token)) }

            server.addTaps("live", instance: "door")[0].publish(TestFrames.frame(1))
            let basic = Data("anybody:\(secret)".utf8).base64EncodedString()
            for ways in [TestAccess.bearer(secret), ["Authorization": "Basic \(basic)"]] {
                #expect(try await server.get("/api/vp/taps/door", headers: ways).status == 200)
                #expect(try await server.get("/api/vp/plans", headers: ways).status == 403)
            }
            #expect(try await server.get("/api/vp/taps/door?token=\(secret)").status == 200)
            #expect(try await server.get("/api/vp/taps/door?token=\(operating)").status == 401)
            #expect(try await server.get("/api/vp/stages", headers: TestAccess.bearer(operating)).status == 200)
            #expect(try await server.get("/metrics", headers: TestAccess.bearer(metrics)).status == 200)
            #expect(try await server.get("/metrics", headers: TestAccess.bearer(secret)).status == 403)
            #expect(try await server.get("/metrics?token=\(metrics)").status == 401)

            #expect(try await server.send("DELETE", "/api/vp/tokens/hall", headers: headers).status == 204)
            #expect(try await server.get("/api/vp/taps/door?token=\(secret)").status == 401)
            for body in [
                #"{"name":""}"#, #"{"name":"x"}"#, #"{"name":"7","metrics":true}"#,
                #"{"name":"x","views":[{"taps":"../live"}]}"#,
                #"{"name":"x","metrics":true,"expires_at":"2001-01-01T00:00:00Z"}"#,
                #"{"name":"x","metrics":true,"expires_at":"300000-01-01T00:00:00Z"}"#,
                #"{"name":"x","metrics":true,"expires_at":"9999-12-31T24:00:00Z"}"#,
                #"{"name":"prometheus","metrics":true}"#, #"{"name":"x","role":"root"}"#,
                #"{"name":"x","views":[{"taps":"door","max_fps":0}]}"#,
                #"{"name":"x","views":[{"taps":"door","max_width":-1}]}"#,
                #"{"name":"x","views":[{"taps":"door","max_widht":320}]}"#,
                #"{"name":"x","views":[{"taps":"door","max_fps":1e-300}]}"#,
            ] {
                let answer = try await make(body)
                #expect([409, 422].contains(answer.status), "\(body): \(answer.status)")
            }
        }
    }

    @Test("Without users a request that came through a proxy is refused: everybody behind it could do everything")
    func proxied() async throws {
        try await RunningTestServer.run { server in
            for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"] {
                let answer = try await server.get("/api/vp/instances", headers: [name: "for=1.2.3.4"])
                #expect(answer.status == 401 || answer.status == 400, "\(name): \(answer.status)")
            }
            #expect(try await server.get("/api/vp/instances").status == 200)
            #expect(try await server.get("/healthz", headers: ["Via": "1.1 proxy"]).status == 200)
        }
    }
}
