import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `streamtap ctl` against a server of its own.
    @Suite("The command line as a client", .timeLimit(.minutes(5)))
    struct ControlTests {
        private static let plans = [
            "cam": PageSession.plan,
            "sized": """
            ---
            title: A size that can be said
            parameters:
              width: {type: integer, default: 160, minimum: 16, maximum: 640}
              name: {type: string, default: "7"}
            ---
            videotestsrc is-live=true ! video/x-raw,width=${width},height=120,framerate=30/1
              ! textoverlay text=${name} ! streamtap name=view

            """,
        ]

        /// A server that is open to whoever is at the machine.
        private func open(_ arguments: [String] = []) async throws -> (server: StreamTapProcess, place: ControlPlace) {
            let server = try await StreamTapProcess.serving(Self.plans, arguments: arguments)
            return (server, try ControlPlace(server: "http://127.0.0.1:\(server.http.port)"))
        }

        @Test("From an empty server to pictures and back: what each command prints, for people and for programs")
        func everyday() async throws {
            let (server, place) = try await open()
            #expect(try await place.ctl("list").answer == "Nothing runs.\n")
            let started = try await place.ctl("start", "cam", "--id", "door")
            #expect(started.exit == .status(0) && started.answer.hasPrefix("door: "), "\(started)")
            try await server.reaches("running", "door")

            let list = try await place.ctl("ls")
            #expect(list.answer.hasPrefix("INSTANCE  PLAN  STATE"), "\(list)")
            #expect(list.answer.contains("door      cam   running"), "\(list)")
            #expect(list.words.isEmpty)
            let shown = try await place.ctl("show", "door").answer
            for word in ["state", "running", "sources:", "camera", "stages:", "threshold=40", "taps", "view, plain"] {
                #expect(shown.contains(word), "\(word): \(shown)")
            }
            let taps = try await place.ctl("taps").answer
            #expect(taps.contains("door/plain") && taps.contains("640x360"), "\(taps)")
            #expect(try await place.ctl("taps", "door").answer.contains("door/view"))
            let plans = try await place.ctl("plans").answer
            #expect(plans.contains("sized  view") && plans.contains("A size that can be said"), "\(plans)")
            #expect(try await place.ctl("plans", "sized").answer.contains("16…640"))
            #expect(try await place.ctl("plans", "cam", "--text").answer.hasPrefix("videotestsrc is-live=true"))

            // The API's own words, whatever they are.
            for (arguments, path) in [
                (["plans"], "plans"), (["plans", "cam"], "plans/cam"), (["whoami"], "session"),
            ] {
                let printed = try await place.run(["ctl"] + arguments + ["--json"])
                #expect(printed.exit == .status(0))
                let answer = try await server.http.get("/api/vp/\(path)").text
                #expect(printed.answer == answer + "\n")
            }
            for (arguments, key) in [
                (["list"], "instances"), (["show", "door"], "stages"), (["taps"], "instances"),
                (["taps", "door"], "taps"),
                (["logs"], "events"), (["logs", "door"], "events"), (["options", "door"], "stages"),
                (["options", "door", "moving"], "options"),
            ] {
                let printed = try await place.run(["ctl"] + arguments + ["--json"])
                #expect(printed.exit == .status(0) && printed.json[key] != nil, "\(arguments): \(printed)")
            }

            #expect(try await place.ctl("options", "door").answer.contains("moving  motion"))
            let changed = try await place.ctl("options", "door", "moving", "threshold=30", "--json")
            #expect((changed.json["options"] as? [String: any Sendable])?["threshold"] as? Int == 30, "\(changed)")
            let reset = try await place.ctl("options", "door", "moving", "--reset", "threshold", "--json")
            #expect((reset.json["options"] as? [String: any Sendable])?["threshold"] as? Int == 40, "\(reset)")

            let restarted = try await place.ctl("restart", "door")
            #expect(restarted.exit == .status(0) && restarted.answer.hasPrefix("door: "), "\(restarted)")
            try await server.reaches("running", "door")
            let log = try await place.ctl("logs", "door").answer
            for word in ["created", "running", "changed", "restarted"] {
                #expect(log.contains("door  \(word)"), "\(log)")
            }
            #expect(try await place.ctl("logs", "-n", "1").answer.split(separator: "\n").count == 1)

            #expect(try await place.ctl("show", "").words.contains("(instance_unknown)"))
            // One that is not there holds up none of the others.
            let stopped = try await place.ctl("rm", "nobody", "door")
            #expect(stopped.answer == "door: stopping\n", "\(stopped)")
            #expect(stopped.exit == .status(1) && stopped.words.contains("(instance_unknown)"), "\(stopped)")
            try await eventually("it is gone") { try await place.ctl("list").answer == "Nothing runs.\n" }
        }

        @Test("Values are what the plan says that they are; a name is taken, or replaced")
        func values() async throws {
            let (server, place) = try await open()
            let started = try await place.ctl("start", "sized", "width=320", "--set", "name=12", "--json")
            let parameters = started.json["parameters"] as? [String: any Sendable]
            #expect(parameters?["width"] as? Int == 320 && parameters?["name"] as? String == "12", "\(started)")
            let taken = try await place.ctl("start", "sized", "--id", "sized")
            #expect(taken.exit == .status(1) && taken.words.contains("(instance_exists)"), "\(taken)")
            #expect(taken.answer.isEmpty)
            let replaced = try await place.ctl("start", "sized", "--id", "sized", "--replace", "width=64", "--json")
            #expect((replaced.json["parameters"] as? [String: any Sendable])?["width"] as? Int == 64, "\(replaced)")
            for (words, fault) in [
                (["width=9"], "16"), (["width=wide"], "integer"), (["lens=1"], "lens"),
                (["name=a", "--secret", "width=x"], "width"),
            ] {
                let refused = try await place.run(["ctl", "start", "sized"] + words)
                #expect(refused.exit == .status(1) && refused.words.contains(fault), "\(words): \(refused)")
            }
            for words in [["width"], ["=1"], ["width=1", "--set", "width=2"], ["--replace"]] {
                #expect(try await place.run(["ctl", "start", "sized"] + words).exit == .status(64), "\(words)")
            }
            let unknown = try await place.ctl("show", "nobody")
            #expect(unknown.words == "Error: no instance is named 'nobody' (instance_unknown)\n", "\(unknown)")
            _ = server
        }

        @Test("A plan of a file here: its faults at their lines; refused where the server takes no text")
        func files() async throws {
            let (refusing, strict) = try await open()
            defer { refusing.process.kill() }
            let file = try strict.home.write(TestPlans.pattern, to: "own.plan")
            let bad = try strict.home.write("videotestsrc\n  ! blurr ! streamtap\n", to: "bad.plan")
            #expect(try await strict.ctl("start", file).words.contains("(plan_text_not_allowed)"))
            let (server, place) = try await open(["--allow-plan-text"])
            #expect(try await place.ctl("start", file, "--id", "own").exit == .status(0))
            try await server.reaches("running", "own")
            let refused = try await place.ctl("start", bad)
            #expect(refused.exit == .status(1) && refused.words.contains("\(bad):2:5: error: "), "\(refused)")
            #expect(try await place.ctl("start", "-", "--id", "piped", input: TestPlans.pattern).exit == .status(0))
            #expect(try await place.ctl("start", "/nowhere/x.plan").exit == .status(64))
        }

        @Test("A picture goes to a file, or where standard output goes, and to no terminal")
        func snapshots() async throws {
            let (server, place) = try await open()
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let file = place.home.path + "/cam.jpg"
            let taken = try await place.ctl("snapshot", "cam/plain", "--width", "320", "-o", file)
            #expect(taken.exit == .status(0) && taken.answer.isEmpty, "\(taken)")
            #expect(try JPEGPicture(decoding: Data(contentsOf: URL(filePath: file))).width == 320)
            let (process, answer, _) = try place.start(["ctl", "snapshot", "cam/view", "--next", "--wait", "5"])
            #expect(try await process.ended() == .status(0))
            #expect(try JPEGPicture(decoding: Data(contentsOf: URL(filePath: answer))).width == 640)
            // A pipe stays one.
            let pipe = place.home.path + "/pipe"
            let reader = try ChildProcess("/bin/sh", ["-c", #"mkfifo "$0" && echo made && wc -c <"$0""#, pipe])
            _ = try await reader.line(containing: "made")
            #expect(try await place.ctl("snapshot", "cam/view", "-o", pipe).exit == .status(0))
            #expect(try await reader.ended() == .status(0))
            #expect(try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType != .typeRegular)
            for (arguments, exit, words) in [
                (["cam/none", "-o", file], CInt(1), "(tap_unknown)"), (["cam", "-o", file], 64, "INSTANCE/TAP"),
                (["cam/view", "-o", "/nowhere/x.jpg"], 1, "/nowhere/x.jpg"),
                (["cam/view", "--width", "0", "-o", file], 1, "width"),
            ] {
                let outcome = try await place.run(["ctl", "snapshot"] + arguments)
                #expect(outcome.exit == .status(exit) && outcome.words.contains(words), "\(arguments): \(outcome)")
            }
        }

        @Test("logs -f and watch go on, over a loss of the server, and end with whoever reads")
        func following() async throws {
            let (server, place) = try await open(["--no-state"])
            let (logs, log, _) = try place.start(["ctl", "logs", "-f"])
            let (watch, lines, words) = try place.start(["ctl", "watch"])
            let (json, events, _) = try place.start(["ctl", "watch", "--json"])
            defer { [logs, watch, json].forEach { $0.kill() } }
            func holds(_ path: String, _ text: String) async throws {
                try await eventually("\(path) has '\(text)'", within: .seconds(20)) {
                    (try? String(contentsOfFile: path, encoding: .utf8))?.contains(text) == true
                }
            }
            try await holds(events, #""type":"snapshot""#)
            try await server.create("cam")
            for path in [log, lines] { try await holds(path, "cam  running") }
            try await holds(events, #""type":"changed""#)
            _ = try await server.http.delete("/api/vp/instances/cam")
            try await holds(log, "cam  deleted")
            try await holds(lines, "cam  removed")
            // Numbers alone are no news.
            #expect(try String(contentsOfFile: lines, encoding: .utf8).split(separator: "\n").count < 12)

            let plans = try TemporaryDirectory()
            try plans.write(PageSession.plan, to: "cam.plan")
            server.process.signal(SIGTERM)
            _ = try await server.process.ended()
            try await holds(words, "trying again")
            let again = try await StreamTapProcess.start(
                ["serve", "--no-state"], plans: plans.path, port: server.http.port)
            try await again.create("cam", id: "new")
            for path in [log, lines] { try await holds(path, "new  running") }

            // Whoever reads no more ends it, without a word.
            let piped = try ChildProcess(
                "/bin/bash",
                [
                    "-c", #""$0" ctl watch --json 2>"$1" | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}""#,
                    StreamTapProcess.executable("streamtap"), place.home.path + "/piped",
                ], environment: place.environment)
            try await eventually("a change ends it", within: .seconds(20)) { piped.exit != nil }
            #expect(piped.output == "141\n")
            #expect(try String(contentsOfFile: place.home.path + "/piped", encoding: .utf8) == "")
        }

        @Test("A Unix socket, below a path, and the server that this machine's configuration describes")
        func configured() async throws {
            let place = try ControlPlace(server: nil)
            let socket = place.home.path + "/http.sock"
            let file = try place.home.write(
                "listen:\n  addresses: [\"unix:\(socket)\"]\n  base_path: /house/cams\n", to: "streamtap.yaml")
            let server = try ChildProcess(
                StreamTapProcess.executable("streamtap"),
                [
                    "serve", "--no-state", "--insecure-allow-anyone", "--config", file, "--plans",
                    StreamTapProcess.pipelines,
                ])
            _ = try await server.line(containing: "StreamTap is ready: unix:\(socket)")
            for server in ["unix:\(socket):/house/cams", "unix:\(socket):/house/cams/"] {
                #expect(try await place.ctl("list", "--server", server).answer == "Nothing runs.\n")
            }
            let found = try await place.ctl("whoami", environment: ["STREAMTAP_CONFIG": file])
            #expect(found.answer == "Nobody has to sign in at unix:\(socket):/house/cams.\n", "\(found)")
            let above = try await place.ctl("list", "--server", "unix:\(socket)")
            #expect(above.exit != .status(0), "\(above)")
            #expect(
                try await place.ctl("start", "demo", environment: ["STREAMTAP_CONFIG": file]).answer.hasPrefix("demo: ")
            )
        }
    }
}
