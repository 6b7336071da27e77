import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct CommandLineTests {
        @Test("check prints file:line:column: error: message and exits with 1")
        func checkBadPlan() async throws {
            let file = try TemporaryDirectory().write("videotestsrc\n  ! blurr ! streamtap\n", to: "bad.plan")
            let (exit, output) = try await run(["check", file])
            #expect(exit == .status(1))
            #expect(output.contains("\(file):2:5: error: "), "\(output)")
            #expect(output.contains("  ! blurr ! streamtap\n"), "the line is shown: \(output)")
            #expect(output.contains("^"))

            let (again, json) = try await run(["check", "--json", file])
            #expect(again == .status(1))
            let report = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: any Sendable]
            let files = report?["files"] as? [[String: any Sendable]]
            #expect(files?.first?["valid"] as? Bool == false)
            let diagnostics = files?.first?["diagnostics"] as? [[String: any Sendable]]
            #expect(diagnostics?.first?["line"] as? Int == 2)
        }

        @Test("run prints a plan's errors at their place and starts nothing")
        func runBadPlan() async throws {
            let file = try TemporaryDirectory().write("videotestsrc patern=ball ! streamtap\n", to: "bad.plan")
            let (exit, output) = try await run(["run", file, "--port", "0"])
            #expect(exit == .status(1))
            #expect(output.contains("\(file):1:14: error: "), "\(output)")
            #expect(output.contains("pattern"), "the nearest word is named: \(output)")
            #expect(!output.contains("ready"))
        }

        @Test(
            "run says what is wrong with parameters",
            arguments: [
                (["run", "rtsp-h264"], "camera"), (["run", "rtsp-h264", "lens=wide"], "lens"),
                (["run", "rtsp-h264", "camera=rtsp://127.0.0.1/x", "latency=soon"], "latency"),
                (["run", "nobody"], "nobody"),
            ])
        func runBadParameters(arguments: [String], word: String) async throws {
            let (exit, output) = try await run(arguments + ["--plans", StreamTapProcess.pipelines, "--port", "0"])
            #expect(exit == .status(1) || exit == .status(64), "\(exit)")
            #expect(output.contains(word), "\(output)")
        }

        @Test("A file that is no plan's text is said in plain words")
        func unreadable() async throws {
            let directory = try TemporaryDirectory()
            let binary = "\(directory.path)/binary.plan"
            try Data([0x76, 0xFF, 0xFE]).write(to: URL(filePath: binary))
            for (file, words) in [
                ("/proc/nowhere.plan", "there is no file"), (directory.path, "is a directory"), (binary, "UTF-8"),
            ] {
                let (exit, output) = try await run(["check", file])
                #expect(exit != .status(0))
                #expect(output.contains(words) && output.contains(file), "\(output)")
            }
            #expect(try await run(["check", "/dev/null"]).output.contains("/dev/null:1:1: error: "))
        }

        @Test("A directory that is not there is said, and served without")
        func missingDirectory() async throws {
            let server = try await StreamTapProcess.start(plans: "/proc/nowhere/plans")
            #expect(server.process.output.contains("/proc/nowhere/plans"), "\(server.process.output)")
            #expect(try await server.http.get("/api/vp/plans").status == 500)
            #expect(try await server.http.get("/api/vp/instances").status == 200)
        }

        @Test("stages lists what plans can use")
        func stages() async throws {
            let (exit, output) = try await run(["stages"])
            #expect(exit == .status(0))
            #expect(output.contains("grayscale") && output.contains("kernel"), "\(output)")
            let (_, json) = try await run(["stages", "--json"])
            let stages = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [[String: any Sendable]]]
            #expect(stages?["stages"]?.contains { $0["name"] as? String == "blur" } == true)
        }

        @Test("--version and --help")
        func help() async throws {
            let (exit, version) = try await run(["--version"])
            #expect(exit == .status(0))
            #expect(version.split(separator: ".").count == 3, "\(version)")
            #expect(try await run(["--help"]).output.contains("streamtap run rtsp-h264 camera=rtsp://"))
            #expect(try await run(["run", "--help"]).output.contains("name=value"))
        }

        @Test("Other machines are let in only where there are users, and a taken port is said")
        func refusesToServe() async throws {
            let state = try TemporaryDirectory().path
            for (arguments, advice) in [(["--no-state"], "keeps nothing"), (["--state", state], "streamtap user add")] {
                let (exit, output) = try await run(["serve", "--host", "0.0.0.0", "--port", "0"] + arguments)
                #expect(exit == .status(1))
                #expect(output.contains(advice), "\(output)")
            }
            let (_, former) = try await run(["serve", "--allow-remote", "--port", "0"])
            #expect(former.contains("--allow-remote is no more"), "\(former)")
            let (unknown, words) = try await run(
                ["serve", "--host", "nowhere.invalid", "--insecure-allow-anyone", "--no-state", "--port", "0"])
            #expect(unknown == .status(1))
            #expect(words.contains("cannot listen on nowhere.invalid"), "\(words)")

            let server = try await StreamTapProcess.start()
            let (second, complaint) = try await run(["serve", "--port", "\(server.http.port)"])
            #expect(second == .status(1))
            #expect(complaint.contains("\(server.http.port)"), "\(complaint)")
        }

        @Test(
            "A worker that is not there, or a directory, is said at once", arguments: ["/proc/nowhere/at/all", "/tmp"])
        func missingWorker(path: String) async throws {
            let (exit, output) = try await run(["serve", "--port", "0"], environment: ["STREAMTAP_WORKER": path])
            #expect(exit == .status(1))
            #expect(output.contains("STREAMTAP_WORKER"), "\(output)")
        }

        @Test("A worker that reads nothing is an error, and not the end of the program")
        func deafWorker() async throws {
            let directory = try TemporaryDirectory()
            let plan = try directory.write(String(repeating: "# \n", count: 100_000), to: "long.plan")
            let worker = try directory.write("#!/bin/sh\nexec 0<&-\n", to: "worker")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker)
            let (exit, output) = try await run(["check", plan, "--worker", worker])
            #expect(exit == .status(1))
            #expect(output.contains("gave no answer"), "\(output)")
        }

        @Test(
            "--worker names the worker, of whatever stages",
            arguments: [["stages"], ["check", "own.plan"], ["graph", "own.plan"], ["serve"]])
        func ownWorker(arguments: [String]) async throws {
            let directory = try TemporaryDirectory()
            let plan = try directory.write("videotestsrc ! solarise name=s ! streamtap\n", to: "own.plan")
            let description =
                #"[{"name":"solarise","summary":"Burns.","input":{"formats":["gray8"],"luma":"any"},"options":[]}]"#
            let worker = try directory.write(
                "#!/bin/sh\ncase $1 in describe) echo '\(description)';; check) cat >/dev/null; echo '[]';; esac\n",
                to: "worker")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker)
            let arguments = arguments.map { $0 == "own.plan" ? plan : $0 }
            guard arguments[0] != "serve" else {
                let server = try await StreamTapProcess.start(["serve", "--worker", worker])
                #expect(try await server.http.get("/api/vp/stages").text.contains("solarise"))
                return
            }
            let (exit, output) = try await run(arguments + ["--worker", worker])
            #expect(exit == .status(0), "\(output)")
            // `check` has nothing to say of a sound plan; with the ordinary worker it says that there is no such stage.
            #expect(arguments[0] == "check" ? output.isEmpty : output.contains("solarise"), "\(output)")
            let (refused, complaint) = try await run(arguments + ["--worker", "nowhere/worker"])
            #expect(refused == .status(1))
            #expect(complaint.contains("nowhere/worker"), "\(complaint)")
        }

        @Test("A worker that ends before it has read the plan is said")
        func silentWorker() async throws {
            let directory = try TemporaryDirectory()
            // More than a pipe holds.
            let plan = try directory.write(
                "videotestsrc ! streamtap\n" + String(repeating: "# and so on\n", count: 20_000), to: "long.plan")
            let (exit, output) = try await run(["check", plan, "--worker", "/bin/true"])
            #expect(exit == .status(1))
            #expect(output.contains("gave no answer"), "\(output)")
        }

        private func run(
            _ arguments: [String], environment: [String: String] = [:]
        ) async throws -> (exit: ChildProcess.Exit, output: String) {
            let process = try ChildProcess(
                StreamTapProcess.executable("streamtap"), arguments,
                environment: try StreamTapProcess.ownState().merging(environment) { $1 })
            let exit = try await process.ended()
            return (exit, process.output)
        }
    }
}
