import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command line as a client that has to say who it is", .timeLimit(.minutes(5)))
    struct ControlAccessTests {
        private static let password = "correct horse"

        /// A server with users, and what its operator has made.
        private func serve(_ arguments: [String] = []) async throws -> (
            server: StreamTapProcess, place: ControlPlace, tokens: [String: String]
        ) {
            let plans = try TemporaryDirectory()
            try plans.write(PageSession.plan, to: "cam.plan")
            var place = try ControlPlace(server: nil)
            for (user, rights) in [
                ("anna", ["--role", "admin"]), ("vera", ["--role", "viewer", "--view", "cam/plain"]),
            ] {
                let added = try await place.run(["user", "add", user] + rights, input: Self.password)
                guard added.exit == .status(0) else { throw ProcessFailure("\(added)") }
            }
            var tokens: [String: String] = [:]
            for right in ["view:cam/plain", "operator", "admin"] {
                let made = try await place.run([
                    "token", "create", right.replacing(":", with: "-").replacing("/", with: "-"), "--allow", right,
                ])
                let file = try place.home.write(made.answer, to: "token-\(tokens.count)")
                tokens[right.hasPrefix("view") ? "viewer" : right] = file
            }
            let server = try await StreamTapProcess.start(
                ["serve"] + arguments, plans: plans.path, environment: ["STREAMTAP_STATE": place.home.path + "/state"])
            place.environment["STREAMTAP_SERVER"] = "http://127.0.0.1:\(server.http.port)"
            return (server, place, tokens)
        }

        @Test("Each command, for people and for programs, as a viewer, an operator and an admin")
        func table() async throws {
            let (server, place, tokens) = try await serve()
            let operatorToken = try #require(tokens["operator"])
            #expect(try await place.ctl("start", "cam", "--token-file", operatorToken).exit == .status(0))
            try await eventually("it runs", within: .seconds(20)) {
                try await place.ctl("list", "--token-file", operatorToken).answer.contains("running")
            }
            let everybody = ["viewer", "operator", "admin"], most = ["operator", "admin"]
            let commands: [(words: [String], allowed: [String])] = [
                (["list"], everybody), (["show", "cam"], everybody), (["taps"], everybody),
                (["taps", "cam"], everybody),
                (["logs", "cam"], everybody), (["whoami"], everybody), (["logs"], most), (["plans"], most),
                (["plans", "cam"], most), (["options", "cam"], everybody), (["options", "cam", "moving"], most),
                (["options", "cam", "moving", "threshold=41"], ["admin"]), (["start", "cam"], most),
                (["restart", "cam"], most),
                (["stop", "nobody"], []), (["ptz", "stop", "cam"], []), (["controls", "cam", "camera"], []),
            ]
            for (words, allowed) in commands {
                for role in everybody {
                    for json in [false, true] {
                        let arguments =
                            ["ctl"] + words + ["--token-file", try #require(tokens[role])] + (json ? ["--json"] : [])
                        let outcome = try await place.run(arguments)
                        let isAllowed = allowed.contains(role)
                        #expect(outcome.exit == .status(isAllowed ? 0 : 1), "\(role) \(words) \(json): \(outcome)")
                        if isAllowed {
                            #expect(
                                outcome.words.isEmpty && outcome.answer.hasSuffix("\n"), "\(role) \(words): \(outcome)")
                            #expect(json == !outcome.json.isEmpty, "\(role) \(words): \(outcome)")
                        } else {
                            #expect(outcome.answer.isEmpty, "\(role) \(words): \(outcome)")
                            #expect(outcome.words.wholeMatch(of: /Error: .+ \([a-z_]+\)\n/) != nil, "\(outcome)")
                        }
                    }
                }
            }
            let viewer = try #require(tokens["viewer"])
            let picture = place.home.path + "/plain.jpg"
            #expect(
                try await place.ctl("snapshot", "cam/plain", "-o", picture, "--token-file", viewer).exit == .status(0))
            #expect(
                try await place.ctl("snapshot", "cam/view", "-o", picture, "--token-file", viewer).exit == .status(1))
            _ = server
        }

        @Test(
            "A session is begun once, kept where nobody else can read it, and ended; tokens come from a file or the environment"
        )
        func sessions() async throws {
            let (server, place, tokens) = try await serve()
            let unknown = try await place.ctl("list")
            #expect(unknown.exit == .status(1) && unknown.words.contains("(unauthenticated)"), "\(unknown)")
            #expect(unknown.words.contains("streamtap ctl login"), "\(unknown)")
            let wrong = try await place.ctl("login", "anna", input: "wrong\n")
            #expect(wrong.exit == .status(1) && wrong.words.contains("(bad_credentials)"), "\(wrong)")
            let signedIn = try await place.ctl("login", "anna", input: Self.password + "\n")
            #expect(signedIn.answer.hasPrefix("anna is signed in as admin at http://127.0.0.1:"), "\(signedIn)")
            let file = place.home.path + "/streamtap/sessions.json"
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(try await place.ctl("list").exit == .status(0))
            // Another server's address is another server.
            let other = try await place.ctl("list", "--server", "http://localhost:\(server.http.port)")
            #expect(other.exit == .status(1), "\(other)")
            // A token counts more; whichever is wrong is said to be.
            let token = try String(contentsOfFile: try #require(tokens["operator"]), encoding: .utf8)
                .trimmingCharacters(
                    in: .whitespacesAndNewlines)
            let whoami = try await place.ctl("whoami", "--json", environment: ["STREAMTAP_TOKEN": token])
            #expect(whoami.json["role"] as? String == "operator", "\(whoami)")
            #expect(try await place.ctl("list", environment: ["STREAMTAP_TOKEN": "streamtap_wrong"]).exit == .status(1))
            for (file, words) in [("/nowhere", "/nowhere"), ("/dev/null", "no token")] {
                let outcome = try await place.ctl("list", "--token-file", file)
                #expect(outcome.exit == .status(1) && outcome.words.contains(words), "\(outcome)")
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            #expect(try await place.ctl("list").words.contains("chmod 600"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)

            let cookie = try String(contentsOfFile: file, encoding: .utf8).firstMatch(of: /streamtap=[^"]+/).map {
                String($0.0)
            }
            #expect(try await place.ctl("logout").answer.hasPrefix("anna is signed out"))
            #expect(try await place.ctl("list").exit == .status(1))
            let kept = try await server.http.get("/api/vp/instances", headers: ["Cookie": try #require(cookie)])
            #expect(kept.status == 401)
            #expect(try await place.ctl("logout").answer.hasPrefix("Nobody is signed in"))
            #expect(!server.process.output.contains(token) && !server.process.output.contains(Self.password))
        }

        @Test("TLS: the system's trust, a file's, another name's, and none at all")
        func certificates() async throws {
            let files = try await TestCertificate()
            let (server, place, tokens) = try await serve([
                "--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0", "--tls-certificate",
                files.certificate, "--tls-key", files.key,
            ])
            let secure = try #require(server.process.output.firstMatch(of: /https:\/\/127.0.0.1:(\d+)/)?.1)
            let token = try #require(tokens["admin"])
            func list(_ address: String, _ arguments: [String] = []) async throws -> ControlPlace.Outcome {
                try await place.run(["ctl", "list", "--server", address, "--token-file", token] + arguments)
            }
            for name in ["localhost", "127.0.0.1"] {
                let trusted = try await list("https://\(name):\(secure)", ["--ca", files.certificate])
                #expect(trusted.answer == "Nothing runs.\n", "\(trusted)")
            }
            let unknown = try await list("https://localhost:\(secure)")
            #expect(unknown.exit == .status(69) && unknown.words.contains("--ca FILE"), "\(unknown)")
            let another = try await TestCertificate()
            let wrong = try await list("https://localhost:\(secure)", ["--ca", another.certificate])
            #expect(wrong.exit == .status(69) && wrong.words.contains("--ca FILE"), "\(wrong)")
            let name = try await list("https://ip6-localhost:\(secure)", ["--ca", files.certificate])
            #expect(name.exit == .status(69), "\(name)")
            let plain = try await list("https://127.0.0.1:\(server.http.port)")
            #expect(plain.exit == .status(69) && plain.words.contains("speaks no TLS"), "\(plain)")
            let bare = try await list("http://127.0.0.1:\(secure)")
            #expect(bare.exit == .status(1) && bare.words.contains("https://"), "\(bare)")
            let none = try await list("https://localhost:\(secure)", ["--ca", "/nowhere.pem"])
            #expect(none.exit == .status(69) && none.words.contains("/nowhere.pem"), "\(none)")
            // Its cookie is another one over TLS.
            let login = try await place.ctl(
                "login", "vera", "--server", "https://localhost:\(secure)", "--ca", files.certificate,
                input: Self.password)
            #expect(login.exit == .status(0), "\(login)")
            let whoami = try await place.ctl(
                "whoami", "--server", "https://localhost:\(secure)", environment: ["STREAMTAP_CA": files.certificate])
            #expect(whoami.answer.hasPrefix("vera is signed in as viewer"), "\(whoami)")
        }
    }
}
