import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("One configuration")
    struct ConfigurationTests {
        /// A file beside plans, and what runs by it.
        struct Site {
            let directory: TemporaryDirectory
            let file: String
            let state: String

            init(_ text: String) throws {
                directory = try TemporaryDirectory()
                state = "\(directory.path)/state"
                file = "\(directory.path)/streamtap.yaml"
                try directory.write(TestPlans.live, to: "live.plan")
                try directory.write(ConfigurationTests.sized, to: "sized.plan")
                try write(text)
            }

            func write(_ text: String) throws {
                try directory.write(
                    "listen: {port: 0}\nplans: {directory: .}\nstate: {directory: state}\n" + text, to: "streamtap.yaml"
                )
            }

            func serve(_ arguments: [String] = []) async throws -> StreamTapProcess {
                let process = try ChildProcess(
                    StreamTapProcess.executable("streamtap"), ["serve", "--config", file] + arguments)
                return try await StreamTapProcess(process)
            }

            func run(_ arguments: [String]) async throws -> (exit: ChildProcess.Exit, output: String) {
                let process = try ChildProcess(StreamTapProcess.executable("streamtap"), arguments)
                return (try await process.ended(), process.output)
            }
        }

        static let sized = """
            ---
            parameters:
              width: {type: integer, default: 64, minimum: 16, maximum: 640}
              word: {type: string, default: x}
              code: {type: string, format: secret, default: ""}
            ---
            videotestsrc is-live=true ! video/x-raw,width=${width},height=48,framerate=30/1
              ! textoverlay text=${word} ! streamtap name=view

            """

        @Test("What is declared runs with the server, and is the configuration's alone")
        func declared() async throws {
            let site = try Site(
                """
                limits: {viewers: 7}
                instances:
                  door: {plan: sized, parameters: {width: 128, word: 08}}
                  gone: {plan: nowhere}
                  wide: {plan: sized, parameters: {width: 4000}}
                """)
            let server = try await site.serve()
            #expect(try await server.snapshot("door", "view").width == 128)
            let door = try await server.instance("door")
            #expect(door["declared"] as? Bool == true)
            #expect((door["parameters"] as? [String: any Sendable])?["word"] as? String == "08")
            for (id, words) in [("gone", "nowhere"), ("wide", "4000")] {
                let failed = try await server.instance(id)
                #expect(failed["state"] as? String == "failed" && failed["declared"] as? Bool == true)
                #expect((failed["message"] as? String)?.contains(words) == true, "\(failed)")
                #expect(server.process.output.contains("instance '\(id)'"), "\(server.process.output)")
            }
            // The API's own is none, and the declared ones are not its.
            try await server.create("live", id: "mine")
            #expect(try await server.instance("mine")["declared"] as? Bool == false)
            for answer in [
                try await server.http.delete("/api/vp/instances/door"),
                try await server.http.put("/api/vp/instances/door", ["plan": "sized", "parameters": ["width": 128]]),
                try await server.http.put("/api/vp/instances/wide", ["plan": "live"]),
                try await server.http.delete("/api/vp/instances/gone"),
            ] {
                #expect(answer.status == 409)
                #expect((answer.json["error"] as? [String: any Sendable])?["code"] as? String == "instance_declared")
            }
            #expect(try await server.http.post("/api/vp/instances", ["plan": "live", "id": "door"]).status == 409)
            #expect(try await server.http.post("/api/vp/instances/door/restart", [:]).status == 200)
            try await server.reaches("running", "door")
            #expect(try await server.http.post("/api/vp/instances/gone/restart", [:]).status != 200)

            // What the API has made is there after a restart, and what is declared is not kept twice.
            kill(server.pid, SIGTERM)
            _ = try await server.process.ended()
            try site.write("instances: {mine: {plan: sized}, door: {plan: live}}\n")
            let again = try await site.serve()
            #expect(
                again.process.output.contains("instance 'mine' is not started: one of this name was made over the API"))
            #expect(try await again.instance("mine")["plan"] as? String == "live")
            #expect(try await again.instance("mine")["declared"] as? Bool == false)
            #expect(try await again.instance("door")["plan"] as? String == "live")
            #expect(try await again.http.get("/api/vp/instances/wide").status == 404)
        }

        @Test("A reload restarts what has changed, and others lose no picture")
        func reload() async throws {
            let camera = try await RTSPCamera.start(fps: 10, gop: 10, isNumbered: true)
            let site = try Site("")
            try site.directory.write(TestPlans.camera, to: "camera.plan")
            let kept = "  kept: {plan: camera, parameters: {camera: '\(camera.address)'}}\n"
            try site.write(
                "instances:\n\(kept)  changed: {plan: sized}\n  dropped: {plan: live}\n  renewed: {plan: live}\n")
            let server = try await site.serve()
            for id in ["kept", "changed", "dropped", "renewed"] { try await server.reaches("running", id) }
            try await server.create("live", id: "mine")
            let worker = try await server.instance("mine")["created_at"] as? String
            let viewer = try await server.watch("kept", "live")
            let numbers = Numbers()
            let watching = Task {
                while !Task.isCancelled {
                    let picture = try await viewer.picture()
                    if let number = NumberedPicture.number(of: try JPEGPicture(decoding: picture)) {
                        numbers.add(number)
                    }
                }
            }
            try await eventually("pictures come") { numbers.count > 10 ? true : nil }
            numbers.begin()
            let lost = try await Self.lost(server, "kept", "live")

            // A broken file changes nothing.
            try site.write("xlisten: {}\nlog: {level: debug}\ninstances:\n\(kept)  added: {plan: sized}\n")
            let (refused, faults) = try await site.run(["reload", "--config", site.file])
            #expect(refused == .status(1) && faults.contains("there is no key 'xlisten'"), "\(faults)")
            kill(server.pid, SIGHUP)
            _ = try await server.process.line(containing: "nothing is changed", within: .seconds(10))
            #expect(server.process.output.contains("there is no key 'xlisten'"))
            #expect(try await server.instance("dropped")["state"] as? String == "running")
            #expect(try await server.http.get("/api/vp/instances/added").status == 404)

            try site.directory.write(TestPlans.live + "\n# changed\n", to: "live.plan")
            try site.directory.write(
                """
                listen: {port: 0, allow_hosts: [cams.example]}
                plans: {directory: .}
                state: {directory: state}
                log: {level: debug}
                limits: {instances: 6}
                worker: {memory: 1G}
                cameras: {networks: [10.9.0.0/16]}
                instances:
                \(kept)  changed: {plan: sized, parameters: {width: 96}}
                  added: {plan: sized}
                  broken: {plan: nowhere}
                  renewed: {plan: live}

                """, to: "streamtap.yaml")
            let before = try await server.instance("kept")
            #expect(try await server.http.get("/healthz", headers: ["Host": "cams.example"]).status == 403)
            let (told, words) = try await site.run(["reload", "--config", site.file])
            #expect(told == .status(0) && words.contains("process \(server.pid)"), "\(words)")
            let line = try await server.process.line(
                containing: "the configuration was read again", within: .seconds(20))
            for word in [
                "log.level is debug", "limits.instances is 6", "listen.allow_hosts is [cams.example]",
                "instance added started",
                "instance changed restarted", "instance dropped stopped", "instance renewed restarted",
            ] { #expect(line.contains(word), "\(line)") }
            #expect(!line.contains("kept") && !line.contains("mine"), "\(line)")
            let waiting = try await server.process.line(containing: "a restart is needed for", within: .seconds(5))
            #expect(waiting.contains("worker.memory") && !waiting.contains("limits"), "\(waiting)")

            #expect(try await server.snapshot("changed", "view").width == 96)
            #expect(try await server.snapshot("added", "view").width == 64)
            #expect(try await server.http.get("/api/vp/instances/dropped").status == 404)
            #expect(try await server.instance("broken")["state"] as? String == "failed")
            #expect(try await server.instance("mine")["created_at"] as? String == worker)
            let after = try await server.instance("kept")
            #expect(after["created_at"] as? String == before["created_at"] as? String)
            #expect(after["restarts"] as? Int == 0)
            // What can change at once has.
            #expect(try await server.http.get("/healthz", headers: ["Host": "cams.example"]).status == 200)
            let full = try await server.http.post("/api/vp/instances", ["plan": "live", "id": "over"])
            #expect(full.status == 503 && full.text.contains("too_many_instances"), "\(full.text)")
            let elsewhere = try await server.http.post(
                "/api/vp/instances", ["plan": "camera", "id": "over", "parameters": ["camera": "rtsp://127.0.0.1:1/x"]])
            #expect(elsewhere.status == 422 || elsewhere.status == 503, "\(elsewhere.text)")

            let end = numbers.count
            try await eventually("more pictures come") { numbers.count > end + 20 ? true : nil }
            watching.cancel()
            // What a busy machine loses is counted.
            let counted = try await Self.lost(server, "kept", "live") - lost
            #expect(numbers.missing.count <= counted, "\(numbers.missing) of \(numbers.count), \(counted) counted")
        }

        /// Pictures that the server says a viewer could not get.
        private static func lost(_ server: StreamTapProcess, _ id: String, _ tap: String) async throws -> Int {
            let taps = try await server.http.get("/api/vp/taps/\(id)").json["taps"] as? [String: [String: any Sendable]]
            let sources = try await server.instance(id)["sources"] as? [[String: any Sendable]]
            let counts = [taps?[tap]?["dropped"], taps?[tap]?["skipped"], sources?.first?["dropped"]]
            return counts.compactMap { $0 as? Int }.reduce(0, +)
        }

        @Test("config check tells all that is wrong, and show where each value comes from")
        func commands() async throws {
            let site = try Site(
                """
                limits: {viewers: 7, viewrs: 8}
                log: {level: loud}
                instances:
                  door: {plan: nowhere}
                  wide: {plan: sized, parameters: {width: 4000, hight: 3}}
                """)
            let (exit, output) = try await site.run(["config", "check", site.file])
            #expect(exit == .status(1))
            for words in [
                "\(site.file):4:22: error: there is no key 'limits.viewrs' (did you mean 'viewers'?)",
                "\(site.file):5:14: error: log.level: 'loud' is none of",
                "\(site.file):7:9: error: instances.door: no plan is named 'nowhere'",
                "\(site.file):8:9: error: instances.wide: sized.plan:1:1: the plan has no parameter 'hight'",
            ] { #expect(output.contains(words), "\(output)") }

            try site.write(
                "limits: {viewers: 7}\ninstances: {door: {plan: sized, parameters: {word: hello, code: s3cr3t-x}}}\n")
            let (sound, words) = try await site.run(["config", "check", site.file])
            #expect(sound == .status(0) && words.contains("1 instance is declared"), "\(words)")
            let (shown, table) = try await site.run(["config", "show", "--config", site.file, "--max-connections", "9"])
            #expect(shown == .status(0))
            for row in [
                #/(?m)^limits\.viewers +7 +\S+streamtap\.yaml:4:19$/#,
                #/(?m)^limits\.connections +9 +--max-connections$/#,
                #/(?m)^limits\.instances +64 +default$/#, #/(?m)^instances\.door\.parameters\.word +hello +/#,
            ] { #expect(table.contains(row), "\(table)") }
            #expect(!table.contains("s3cr3t-x"))
            let (_, json) = try await site.run(["config", "show", "--json", "--config", site.file])
            #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: any Sendable])
            #expect(!json.contains("s3cr3t-x"))
            let (_, schema) = try await site.run(["config", "schema"])
            #expect(schema.contains("\"viewers_per_address\""))
            // And a server that cannot be found is said.
            let (nobody, complaint) = try await site.run(["reload", "--config", site.file])
            #expect(nobody == .status(1) && complaint.contains("no server runs"), "\(complaint)")
        }

        @Test("Flags of the table are flags of serve, and take what their keys take")
        func flags() async throws {
            let site = try Site("")
            let (_, help) = try await site.run(["serve", "--help"])
            let (_, json) = try await site.run(["config", "schema"])
            for flag in json.matches(of: #/\(--([a-z-]+), STREAMTAP/#) {
                #expect(help.contains("--\(flag.1)"), "\(flag.1)")
            }
            for (arguments, words) in [
                (["--port", "70000"], "--port: '70000' is not from 0 to 65535"),
                (["--max-viewers", "many"], "--max-viewers: 'many' is no whole number"),
                (["--log-level", "debgu"], "--log-level: 'debgu' is none of"),
                (["--camera-network", "x"], "--camera-network: 'x' is no network"),
                (["--worker-memory", "1"], "--worker-memory: '1' is no size"),
            ] {
                let (exit, output) = try await site.run(["serve"] + arguments)
                #expect(exit == .status(64) && output.contains(words), "\(output)")
            }
        }
    }
}

/// Which of a camera's numbered pictures have come.
private final class Numbers: Sendable {
    private let seen = Mutex<[Int]>([])

    var count: Int { seen.withLock(\.count) }
    /// What was before does not count.
    func begin() { seen.withLock { $0.removeFirst(max(0, $0.count - 2)) } }
    func add(_ number: Int) { seen.withLock { $0.append(number) } }

    /// Between the first and the last.
    var missing: [Int] {
        seen.withLock { numbers in
            guard let first = numbers.dropFirst().first, let last = numbers.last, first < last else { return [] }
            return Set(first...last).subtracting(numbers).sorted()
        }
    }
}
