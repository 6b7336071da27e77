import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What a server was told is there after whatever ended it.
    @Suite("Remembered", .timeLimit(.minutes(20)))
    struct RememberedTests {
        private static let plan = """
            ---
            parameters:
              width: {type: integer, default: 64}
              pin: {type: string, format: secret, default: none}
            ---
            videotestsrc is-live=true ! video/x-raw,format=I420,width=${width},height=48,framerate=5/1
              ! textoverlay text=${pin} ! blur name=soft kernel=3 ! streamtap name=view

            """

        private static func directories() throws -> (plans: String, state: String) {
            let plans = try TemporaryDirectory()
            try plans.write(plan, to: "cam.plan")
            try plans.write(
                "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! streamtap name=view\n", to: "film.plan")
            return (plans.path, try TemporaryDirectory().path + "/state")
        }

        private static func mode(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }

        @Test("Instances and events are there after a restart, and nobody else can read them")
        func restart() async throws {
            let (plans, state) = try Self.directories()
            var server = try await StreamTapProcess.start(["serve", "--state", state], plans: plans)
            let body: [String: Any] = ["plan": "cam", "parameters": ["width": 80, "pin": "hush-hush"]]
            let made = try await server.http.put("/api/vp/instances/door", body)
            #expect(made.status == 201)
            let asked = URL(string: "http://localhost/api/vp/instances/door")
            let place = URL(string: made.headers["location"] ?? "", relativeTo: asked)
            #expect(place?.absoluteURL == asked?.absoluteURL)
            #expect(try await server.http.put("/api/vp/instances/door", body).status == 200)
            try await server.create("film")
            try await server.reaches("completed", "film")
            try await server.reaches("running", "door")
            let patch = ["options": ["kernel": 9]]
            #expect(try await server.http.patch("/api/vp/instances/door/stages/soft", patch).status == 200)
            let before = try await server.instance("door")
            for name in try FileManager.default.contentsOfDirectory(atPath: state) {
                #expect(try Self.mode("\(state)/\(name)") == 0o600, "\(name)")
            }
            #expect(try Self.mode(state) == 0o700)
            server.process.signal(SIGTERM)
            #expect(try await server.process.ended() == .status(0))
            #expect(!server.process.output.contains("hush-hush"))

            server = try await StreamTapProcess.start(["serve", "--state", state], plans: plans)
            // It is there from the first answer on, for viewers too.
            let viewer = try await server.watch("door", "view")
            let after = try await server.instance("door")
            #expect(after["created_at"] as? String == before["created_at"] as? String)
            _ = try await viewer.picture(within: .seconds(20))
            let running = try await server.reaches("running", "door")
            #expect("\(running["stages"] ?? "")".contains("\"kernel\": 9"), "\(running)")
            #expect("\(running["parameters"] ?? "")".contains("***"), "\(running)")
            #expect(try await server.http.put("/api/vp/instances/door", body).status == 200)
            #expect(try await server.instance("film")["state"] as? String == "completed")
            let again = try await server.http.send("POST", "/api/vp/instances/film/restart")
            #expect(again.status == 200 && again.json["state"] as? String != "completed", "\(again.text)")
            try await server.reaches("completed", "film")

            let ready = try await server.http.get("/readyz")
            #expect(ready.status == 200 && ready.json["status"] as? String == "ready")
            #expect((ready.json["state"] as? [String: any Sendable])?["status"] as? String == "kept", "\(ready.text)")
            let answer = try await server.http.get("/api/vp/events?limit=1000")
            let events = try #require(answer.json["events"] as? [[String: any Sendable]])
            let told = events.map {
                [$0["instance"], $0["kind"], $0["state"]].map { $0 as? String ?? "" }.joined(separator: " ")
            }
            for expected in [
                " server_started ", "door created ", "door changed ", "door state running", "film state completed",
                " server_stopped ", "film restarted ",
            ] {
                #expect(told.contains(expected), "\(expected): \(told)")
            }
            #expect(
                told.count { $0 == " server_started " } == 2 && told.count { $0 == "film state completed" } == 2,
                "\(told)")
            #expect(!answer.text.contains("hush-hush"))
            let last = try #require(events.last?["id"] as? Int)
            try await server.remove("door")
            let news = try await server.http.get("/api/vp/events?instance=door&since=\(last)")
            #expect(news.text.contains("\"deleted\"") && !news.text.contains("film"), "\(news.text)")
            #expect(try await server.http.get("/api/vp/events?since=never").status == 400)
            #expect(try await server.http.get("/api/vp/events", headers: ["Accept": "text/plain"]).status == 406)
        }

        @Test("A second server of one state is refused with words, and let in once the first is killed")
        func twoServers() async throws {
            let (plans, state) = try Self.directories()
            let first = try await StreamTapProcess.start(["serve", "--state", state], plans: plans)
            try await first.create("cam")
            let second = try ChildProcess(
                StreamTapProcess.executable("streamtap"), ["serve", "--port", "0"],
                environment: ["STREAMTAP_STATE": state])
            #expect(try await second.ended() == .status(1))
            #expect(
                second.output.contains("process \(first.pid)") && second.output.contains("--state"), "\(second.output)")
            // One that remembers nothing, and a plan that is run by itself, take nothing of it.
            for arguments in [["serve", "--no-state"], ["run", "film"]] {
                let other = try await StreamTapProcess.start(
                    arguments, plans: plans, environment: ["STREAMTAP_STATE": state])
                #expect(try await other.http.get("/api/vp/instances/cam").status == 404)
                let ready = try await other.http.get("/readyz")
                #expect(
                    (ready.json["state"] as? [String: any Sendable])?["status"] as? String == "none", "\(ready.text)")
                if arguments == ["run", "film"] {
                    try await other.create("cam", id: "passing")
                    #expect(try await other.http.get("/api/vp/events").text.contains("passing"))
                }
                other.process.kill()
                try await other.process.ended()
            }
            first.process.kill()
            try await first.process.ended()
            let third = try await StreamTapProcess.start(
                ["serve"], plans: plans, environment: ["STREAMTAP_STATE": state])
            let answer = try await third.http.get("/api/vp/instances")
            #expect(
                (answer.json["instances"] as? [[String: any Sendable]])?.compactMap { $0["id"] as? String } == ["cam"])
        }

        @Test("A broken file is set aside, and said in the log and in /readyz")
        func broken() async throws {
            let (plans, state) = try Self.directories()
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            for name in ["state", "events"] {
                try Data("no database at all\n".utf8).write(to: URL(filePath: "\(state)/\(name).sqlite"))
            }
            let server = try await StreamTapProcess.start(["serve", "--state", state], plans: plans)
            let ready = try await server.http.get("/readyz")
            #expect(ready.status == 200)
            for name in ["state.broken-", "events.broken-"] {
                #expect(server.process.output.contains(name) && ready.text.contains(name), "\(ready.text)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: state).contains { $0.hasPrefix(name) })
            }
            try await server.create("cam")
        }

        @Test("A directory that cannot be written to: it serves, says so, and refuses what it could not keep")
        func unwritable() async throws {
            let (plans, _) = try Self.directories()
            let server = try await StreamTapProcess.start(["serve", "--state", "/proc/1/state"], plans: plans)
            let ready = try await server.http.get("/readyz")
            #expect(ready.status == 200 && ready.text.contains("unavailable"), "\(ready.text)")
            let refused = try await server.http.post("/api/vp/instances", ["plan": "cam"])
            #expect(refused.status == 503 && refused.text.contains("state_unavailable"), "\(refused.text)")
            #expect(try await server.http.get("/api/vp/instances/cam").status == 404)
            #expect(try await server.http.get("/api/vp/plans").status == 200)
        }

        // MARK: kill -9

        /// What an instance was said to be.
        private struct Told: Hashable {
            var width: Int?
            var kernel = 3
        }

        /// Who tells a server what one instance shall be, and writes down what it answered.
        private actor Client {
            let id: String
            private(set) var answered = Told()
            /// What was under way when nobody answered any more.
            private(set) var pending: Told?
            private(set) var answers = 0
            private var generator: SeededGenerator

            init(id: String, seed: UInt64) {
                self.id = id
                generator = SeededGenerator(seed: seed)
            }

            /// Until the server is gone.
            func talk(to http: HTTPClient) async {
                pending = nil
                while await say(http) {}
            }

            /// What is there now is what counts from now on.
            func begin(with found: Told) { (answered, pending) = (found, nil) }

            private func say(_ http: HTTPClient) async -> Bool {
                var wanted = answered
                let path = "/api/vp/instances/\(id)"
                let request: () async throws -> HTTPClient.Response
                let width = 64 + 2 * Int.random(in: 0..<32, using: &generator)
                let kernel = 3 + 2 * Int.random(in: 0..<5, using: &generator)
                switch Int.random(in: 0..<8, using: &generator) {
                case 0 where wanted.width != nil:
                    wanted = Told()
                    request = { try await http.delete(path) }
                case 1 where wanted.width != nil:
                    request = { try await http.send("POST", "\(path)/restart") }
                case 2...5 where wanted.width != nil:
                    wanted.kernel = kernel
                    request = { try await http.patch("\(path)/stages/soft", ["options": ["kernel": kernel]]) }
                default:
                    wanted = wanted.width == width ? wanted : Told(width: width)
                    request = { try await http.put(path, ["plan": "cam", "parameters": ["width": width]]) }
                }
                pending = wanted
                guard let answer = try? await request() else { return false }
                if (200...299).contains(answer.status) {
                    answered = wanted
                    answers += 1
                }
                pending = nil
                return true
            }
        }

        private static func told(_ id: String, _ http: HTTPClient) async throws -> Told {
            try await eventually("\(id) is compiled") {
                let answer = try await http.get("/api/vp/instances/\(id)")
                if answer.status == 404 { return Told() }
                let parameters = answer.json["parameters"] as? [String: any Sendable]
                let stages = answer.json["stages"] as? [[String: any Sendable]]
                guard let options = stages?.first?["options"] as? [String: any Sendable] else { return nil }
                return Told(width: parameters?["width"] as? Int, kernel: options["kernel"] as? Int ?? -1)
            }
        }

        /// STREAMTAP_KILLS=100 does it more often.
        @Test("Whenever a server is killed, nothing that it has answered is lost")
        func killed() async throws {
            let rounds = ProcessInfo.processInfo.environment["STREAMTAP_KILLS"].flatMap { Int($0) } ?? 10
            let (plans, state) = try Self.directories()
            var generator = SeededGenerator.announced()
            let clients = (1...3).map { Client(id: "c\($0)", seed: generator.next()) }
            for round in 0...rounds {
                let server = try await StreamTapProcess.start(["serve", "--state", state], plans: plans)
                for client in clients {
                    let found = try await Self.told(client.id, server.http)
                    let possible = [await client.answered, await client.pending].compactMap(\.self)
                    #expect(possible.contains(found), "round \(round), \(client.id): \(found) is none of \(possible)")
                    await client.begin(with: found)
                }
                let life = Duration.milliseconds(Int.random(in: 0...1200, using: &generator))
                await withTaskGroup(of: Void.self) { group in
                    for client in clients { group.addTask { await client.talk(to: server.http) } }
                    group.addTask {
                        try? await Task.sleep(for: life)
                        kill(server.pid, SIGKILL)
                    }
                }
                try await server.process.ended()
            }
            var answers = 0
            for client in clients { answers += await client.answers }
            print("\(rounds) kills, \(answers) answers")
            #expect(answers >= rounds)
        }
    }
}
