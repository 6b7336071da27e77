import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Users and tokens, from the command line and in the page.
    @Suite("Who may come in")
    struct AccessTests {
        private static let password = "correct horse"

        /// A server on a state directory that the command line finds, too.
        private struct Place {
            let state: [String: String]
            let server: StreamTapProcess

            init() async throws {
                state = try StreamTapProcess.ownState()
                let plans = try TemporaryDirectory()
                try plans.write(PageSession.plan, to: "cam.plan")
                server = try await StreamTapProcess.start(plans: plans.path, environment: state)
            }

            /// - Returns: what it printed.
            @discardableResult
            func run(_ arguments: String..., input: String = "") async throws -> String {
                let words = arguments.map { "'\($0)'" }.joined(separator: " ")
                let process = try ChildProcess(
                    "/bin/sh",
                    ["-c", "printf '%s' \"$0\" | '\(StreamTapProcess.executable("streamtap"))' \(words)", input],
                    environment: state)
                let (exit, output) = (try await process.ended(), process.output)
                guard exit == .status(0) else { throw ProcessFailure("\(arguments): \(output)") }
                return output
            }

            func signIn(_ user: String, _ password: String = AccessTests.password) async throws -> [String: String] {
                let answer = try await server.http.post("/api/vp/session", ["user": user, "password": password])
                guard answer.status == 200, let cookie = answer.headers["set-cookie"]?.split(separator: ";").first
                else {
                    throw ProcessFailure("\(user): \(answer.status) \(answer.text)")
                }
                return ["Cookie": String(cookie)]
            }

            func watch(_ headers: [String: String], _ query: String = "?format=binary") async throws -> WebSocketClient
            {
                try await WebSocketClient.connect(
                    port: server.http.port, path: "/ws/vp/tap/cam/view\(query)", headers: headers.map { ($0, $1) })
            }
        }

        @Test(
            "What the command line changes, a running server hears of: from then on everybody signs in, and whoever may no longer is out"
        )
        func commandLine() async throws {
            let place = try await Place()
            try await place.server.create("cam")
            #expect(try await place.server.http.get("/api/vp/instances").status == 200)
            #expect(try await place.run("user", "list") == "There are no users.\n")
            try await place.run("user", "add", "anna", "--role", "admin", input: Self.password + "\n")
            try await eventually("everybody signs in") {
                try await place.server.http.get("/api/vp/instances").status == 401
            }
            try await place.run(
                "user", "add", "vera", "--role", "viewer", "--view", "cam/v*", "--max-width", "320",
                input: Self.password)
            let vera = try await eventually("she may come in") { try? await place.signIn("vera") }
            let anna = try await place.signIn("anna")
            let socket = try await place.watch(vera)
            guard case .binary(let picture) = try await socket.next() else { throw ProcessFailure("no picture") }
            #expect(try JPEGPicture(decoding: Data(picture)).width == 320)
            let shown = try await place.server.http.get("/api/vp/instances/cam", headers: vera).json
            #expect(shown["taps"] as? [String] == ["view"] && shown["state"] != nil)

            let token = try await place.run("token", "create", "hall", "--allow", "view:cam/view", "--expires", "30d")
                .split(separator: "\n").first { $0.hasPrefix("streamtap_") }.map(String.init)
            let secret = try #require(token)
            let program = try await eventually("the token is good") {
                try? await place.watch([:], "?format=binary&token=\(secret)")
            }
            _ = try await program.next()
            #expect(try await place.run("token", "list").contains("hall  view cam/view  until "))

            try await place.run("user", "passwd", "vera", input: "another horse")
            try await place.run("token", "remove", "hall")
            let end = Date()
            for client in [socket, program] { #expect(try await client.closeCode() == 1008) }
            #expect(Date().timeIntervalSince(end) < 10)
            #expect(try await place.server.http.get("/api/vp/instances", headers: vera).status == 401)
            #expect(try await place.server.http.get("/api/vp/instances", headers: anna).status == 200)
            #expect(try await place.run("user", "list") == "anna  admin\nvera  viewer  cam/v* (320 wide)\n")
            await #expect(throws: ProcessFailure.self) { try await place.run("user", "remove", "anna") }

            // Sessions and users are there after a restart, and nothing of it has come into the log.
            place.server.process.signal(SIGTERM)
            _ = try await place.server.process.ended()
            let log = place.server.process.output
            for word in [Self.password, secret, "another horse"] { #expect(!log.contains(word)) }
            let again = try await StreamTapProcess.start(environment: place.state)
            #expect(try await again.http.get("/api/vp/session", headers: anna).json["user"] as? String == "anna")
            again.process.kill()
        }

        @Test("Events and log say who has done what, whatever they were let in by")
        func initiators() async throws {
            let place = try await Place()
            try await place.server.create("cam")
            try await place.run("user", "add", "anna", "--role", "admin", input: Self.password)
            let anna = try await eventually("she may come in") { try? await place.signIn("anna") }
            let token = try await place.run("token", "create", "automation", "--allow", "operator")
                .split(separator: "\n").first.map(String.init)
            let robot = ["Authorization": "Bearer \(try #require(token))"]
            let http = place.server.http
            func send(_ method: String, _ path: String, _ body: String? = nil, as who: [String: String]) async throws
                -> Int
            {
                let type = body == nil ? [:] : ["Content-Type": "application/json"]
                return try await http.send(
                    method, path, headers: who.merging(type) { $1 }, body: body.map { Data($0.utf8) }
                ).status
            }
            try await eventually("the token is good") {
                try await send("POST", "/api/vp/instances/cam/restart", as: robot) == 200
            }
            #expect(
                try await send(
                    "PATCH", "/api/vp/instances/cam/stages/moving", #"{"options":{"threshold":30}}"#, as: anna) == 200)
            let watcher = try await place.run("token", "create", "wall", "--allow", "view:cam")
                .split(separator: "\n").first.map(String.init)
            let wall = ["Authorization": "Bearer \(try #require(watcher))"]
            let seen = try await eventually("the wall's token is good") {
                try await http.get("/api/vp/events?instance=cam", headers: wall).json["events"]
                    as? [[String: any Sendable]]
            }
            #expect(seen.count > 2 && seen.allSatisfy { $0["by"] == nil && $0["message"] == nil }, "\(seen)")
            #expect(try await send("DELETE", "/api/vp/instances/cam", as: robot) == 200)
            #expect(
                try await send(
                    "POST", "/api/vp/users", #"{"name":"vera","password":"another horse","role":"operator"}"#, as: anna)
                    == 201)
            #expect(try await send("DELETE", "/api/vp/users/vera", as: anna) == 204)
            let events = try await http.get("/api/vp/events?instance=cam", headers: robot).json["events"]
            let told = try #require(events as? [[String: any Sendable]]).filter { $0["kind"] as? String != "state" }.map
            {
                "\($0["kind"] as? String ?? "") \($0["by"] as? String ?? "–")"
            }
            #expect(told == ["created open", "restarted token automation", "changed anna", "deleted token automation"])
            place.server.process.signal(SIGTERM)
            _ = try await place.server.process.ended()
            let log = place.server.process.output
            for words in [
                "created by=open instance=cam", #"restarted by="token automation" instance=cam"#,
                "changed: moving: threshold by=anna instance=cam", #"deleted by="token automation" instance=cam"#,
            ] {
                #expect(log.contains(words), "\(words)")
            }
            for words in ["user vera was added: operator", "user vera was removed"] {
                #expect(
                    log.split(separator: "\n").contains { $0.contains(words) && $0.contains("by=anna") }, "\(words)")
            }
            #expect(!log.contains("another horse"))
        }

        @Test("However many want to sign in, pictures flow")
        func flood() async throws {
            let place = try await Place()
            try await place.server.create("cam")
            try await place.run("user", "add", "anna", "--role", "admin", input: Self.password)
            let anna = try await eventually("she may come in") { try? await place.signIn("anna") }
            let socket = try await place.watch(anna)
            /// Pictures in two seconds.
            func pictures() async throws -> Int {
                let end = ContinuousClock.now + .seconds(2)
                var count = 0
                while ContinuousClock.now < end {
                    if case .binary = try await socket.next() { count += 1 }
                }
                return count
            }
            let before = try await pictures()
            let server = place.server
            let (during, tries) = try await withThrowingTaskGroup(of: Int.self) { group in
                let end = ContinuousClock.now + .seconds(2)
                for number in 0..<8 {
                    group.addTask {
                        var tries = 0
                        while ContinuousClock.now < end {
                            let answer = try await server.http.post(
                                "/api/vp/session", ["user": "anna\(number)", "password": "wrong"])
                            #expect([401, 429].contains(answer.status))
                            tries += 1
                        }
                        return tries
                    }
                }
                let during = try await pictures()
                return (during, try await group.reduce(0, +))
            }
            #expect(tries > 8)
            // What shares this machine takes its part; a queue behind passwords would leave next to nothing.
            #expect(Double(during) > Double(before) * 0.5, "\(during) of \(before) beside \(tries) tries")
            #expect(try await server.http.get("/api/vp/users", headers: anna).status == 200)
            server.process.kill()
        }

        @Test(
            "The page makes the first admin, signs in and out, and shows each what they may do",
            arguments: BrowserKind.installed)
        func page(_ kind: BrowserKind) async throws {
            let place = try await Place()
            let line = try await place.server.process.line(containing: "#first-admin=", within: .seconds(10))
            let link = try #require(line.split(separator: " ").last.map(String.init))
            try await place.server.create("cam")
            let profile = try TemporaryDirectory()
            let browser = try await kind.start(profile, Appearance())
            func fill(_ fields: [String: String]) async throws {
                for (name, value) in fields {
                    try await browser.evaluate("document.getElementById('\(name)').value = '\(value)'")
                }
                try await browser.evaluate("document.querySelector('.sign-in button').click()")
            }
            try await browser.open(link)
            try await browser.wait(
                for: "the form", "document.querySelector('.sign-in h2')?.textContent === 'The first admin'")
            #expect(try await browser.evaluate(PageContrast.faults) == "")
            try await fill(["sign-in-name": "anna", "sign-in-password": "one horse", "sign-in-again": "another"])
            try await browser.wait(
                for: "what is wrong", "document.querySelector('.sign-in .errors').textContent.includes('different')")
            try await fill(["sign-in-name": "anna", "sign-in-password": Self.password, "sign-in-again": Self.password])
            try await browser.wait(for: "the instance", "document.querySelector('#instance-cam canvas') !== null")
            #expect(try await browser.evaluate("location.hash") == "")
            #expect(try await browser.evaluate("document.querySelector('.account-name').textContent") == "anna")
            #expect(try await place.server.http.get("/api/vp/instances").status == 401)

            try await place.run("user", "add", "vera", "--role", "viewer", "--view", "cam/view", input: Self.password)
            try await browser.evaluate("document.querySelector('.account button').click()")
            try await browser.wait(
                for: "the form again", "document.querySelector('.sign-in h2')?.textContent === 'Sign in'")
            try await fill(["sign-in-name": "vera", "sign-in-password": "wrong"])
            try await browser.wait(
                for: "a refusal", "document.querySelector('.sign-in .errors').textContent.includes('no such user')")
            try await fill(["sign-in-name": "vera", "sign-in-password": Self.password])
            try await browser.wait(for: "her picture", "document.querySelectorAll('#instance-cam canvas').length === 1")
            for hidden in [".plans", ".instance-buttons", ".instance-head .segmented"] {
                #expect(
                    try await browser.evaluate("document.querySelector('\(hidden)').checkVisibility()") == "false",
                    "\(hidden)")
            }
            // Whoever is taken out sees the form, without touching anything.
            try await place.run("user", "remove", "vera")
            try await browser.wait(for: "the form after the removal", "document.querySelector('.sign-in') !== null")
            place.server.process.kill()
        }
    }
}
