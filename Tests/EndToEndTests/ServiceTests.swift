import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The server as a service: what it says to systemd, and how others ask after it.
    @Suite("As a service", .timeLimit(.minutes(3)))
    struct ServiceTests {
        private func serve(_ receiver: NotifyReceiver, _ arguments: [String] = []) async throws -> StreamTapProcess {
            try await StreamTapProcess.start(
                ["serve"] + arguments,
                environment: ["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "300000", "STREAMTAP_CONFIG": ""])
        }

        @Test("it says when it is ready, that it lives, that it reads its configuration, and that it ends")
        func notices() async throws {
            let receiver = try NotifyReceiver()
            let server = try await serve(receiver)
            try await eventually("it is ready") { receiver.assignments.contains("READY=1") }
            #expect(receiver.assignments.contains { $0.hasPrefix("STATUS=listening on http://127.0.0.1:") })
            try await server.create("demo")
            try await server.reaches("running", "demo")
            try await eventually("a status") { receiver.assignments.contains("STATUS=1 of 1 instances running") }
            try await eventually("signs of life") { receiver.assignments.count { $0 == "WATCHDOG=1" } > 3 }
            // Nobody else speaks for the service.
            for worker in server.workers {
                let environment = try String(contentsOfFile: "/proc/\(worker)/environ", encoding: .utf8)
                #expect(!environment.contains("NOTIFY_SOCKET") && !environment.contains("WATCHDOG"))
            }
            server.process.signal(SIGHUP)
            try await eventually("the reload is over") {
                let words = receiver.assignments
                guard let reload = words.firstIndex(of: "RELOADING=1") else { return false }
                return words[reload...].contains("READY=1")
            }
            #expect(receiver.assignments.contains { $0.hasPrefix("MONOTONIC_USEC=") })
            server.process.signal(SIGTERM)
            #expect(try await server.process.ended() == .status(0))
            #expect(receiver.assignments.contains("STOPPING=1"))
        }

        @Test("a configuration with faults is not taken, which it says, too")
        func faults() async throws {
            let receiver = try NotifyReceiver()
            let directory = try TemporaryDirectory()
            let file = try directory.write("log: {level: info}\n", to: "streamtap.yaml")
            let server = try await serve(receiver, ["--config", file])
            try await eventually("it is ready") { receiver.assignments.contains("READY=1") }
            _ = try directory.write("log: {levle: info}\n", to: "streamtap.yaml")
            server.process.signal(SIGHUP)
            try await eventually("it says so") {
                receiver.assignments.contains("STATUS=the configuration has faults; it is as it was before")
            }
            _ = try directory.write("log: {level: debug}\n", to: "streamtap.yaml")
            server.process.signal(SIGHUP)
            try await eventually("it is read again") {
                receiver.assignments.contains("STATUS=the configuration was read again")
            }
        }

        @Test("a server that hangs gives no sign of life")
        func hung() async throws {
            let receiver = try NotifyReceiver()
            let server = try await serve(receiver)
            try await eventually("signs of life") { receiver.assignments.contains("WATCHDOG=1") }
            server.process.signal(SIGSTOP)
            let before = receiver.assignments.count
            try await Task.sleep(for: .milliseconds(600))
            #expect(receiver.assignments.count == before)
            server.process.signal(SIGCONT)
            try await eventually("it lives again") { receiver.assignments.count > before }
        }

        private func check(_ arguments: [String], environment: [String: String] = [:]) async throws -> (
            exit: ChildProcess.Exit, output: String
        ) {
            let process = try ChildProcess(
                StreamTapProcess.executable("streamtap"), ["healthcheck", "--config", ""] + arguments,
                environment: environment)
            return (try await process.ended(within: .seconds(30)), process.output)
        }

        @Test("streamtap healthcheck asks by TCP, TLS and a Unix socket, below a path, and where the environment says")
        func health() async throws {
            let files = try await TestCertificate()
            let path = try TemporaryDirectory().path + "/http.sock"
            let server = try await StreamTapProcess.serving(
                [:],
                arguments: [
                    "--listen", "unix:\(path)", "--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0",
                    "--insecure-allow-anyone", "--base-path", "/cams", "--tls-certificate", files.certificate,
                    "--tls-key", files.key,
                ])
            let secure = try #require(server.process.output.firstMatch(of: /https:\/\/127.0.0.1:(\d+)/)).1
            let base = ["STREAMTAP_LISTEN_BASE_PATH": "/cams"]
            for address in ["unix:\(path)", "https://127.0.0.1:\(secure)", "http://127.0.0.1:\(server.http.port)"] {
                let (exit, output) = try await check(["--at", address], environment: base)
                #expect(exit == .status(0) && output.contains(#""status":"ready""#), "\(address): \(output)")
            }
            let everywhere = base.merging([
                "STREAMTAP_LISTEN_HOST": "0.0.0.0", "STREAMTAP_LISTEN_PORT": "\(server.http.port)",
            ]) { $1 }
            #expect(try await check([], environment: everywhere).exit == .status(0))
            #expect(try await check(["--at", "http://127.0.0.1:\(server.http.port)"]).exit == .status(1))
            // Stopped: the kernel accepts, and nobody answers.
            server.process.signal(SIGSTOP)
            let (silent, words) = try await check(["--at", "unix:\(path)", "--timeout", "0.3"], environment: base)
            #expect(silent == .status(1) && words.contains("there is no answer"), "\(words)")
            server.process.signal(SIGCONT)
            let (nobody, complaint) = try await check(["--at", "http://127.0.0.1:1"])
            #expect(nobody == .status(1) && complaint.contains("nobody answers"), "\(complaint)")
            let (wrong, usage) = try await check(["--at", "nonsense"])
            #expect(wrong == .status(64) && usage.contains("is no address"), "\(usage)")
        }

        @Test("what root adds to a server's users belongs to the server's user", .enabled(if: geteuid() == 0))
        func owner() async throws {
            let state = try TemporaryDirectory().path
            #expect(chown(state, 65534, 65534) == 0)
            let process = try ChildProcess(
                "/bin/sh",
                [
                    "-c", #"echo 'a long password' | exec "$@""#, "sh", StreamTapProcess.executable("streamtap"),
                    "user",
                    "add", "anna", "--role", "admin", "--config", "", "--state", state,
                ])
            #expect(try await process.ended() == .status(0), "\(process.output)")
            let files = try FileManager.default.contentsOfDirectory(atPath: state)
            #expect(files.contains("access.sqlite"))
            for file in files {
                let facts = try FileManager.default.attributesOfItem(atPath: "\(state)/\(file)")
                #expect(facts[.ownerAccountID] as? Int == 65534, "\(file)")
            }
        }

        /// Files that no program here runs, but that are about one.
        @Test("units and configuration that are installed name nothing that there is not")
        func files() async throws {
            let ops = StreamTapProcess.repository.appending(path: "ops")
            let program = StreamTapProcess.executable("streamtap")
            let unit = try String(contentsOf: ops.appending(path: "systemd/streamtap.service"), encoding: .utf8)
            let help = try ChildProcess(program, ["--help"])
            try await help.ended()
            for match in unit.matches(of: /(?m)^Exec\w+=\/usr\/bin\/streamtap (\w+)$/) {
                #expect(help.output.contains("\n  \(match.1) "), "\(match.1)")
            }
            let text = try String(contentsOf: ops.appending(path: "etc/streamtap.yaml"), encoding: .utf8)
            // What is commented out is an example of what may be said.
            let said = text.replacing(/(?m)^#(?=[a-z ])(?! )|^#(?=  )/, with: "")
                .replacing("/etc/streamtap/plans", with: StreamTapProcess.pipelines)
            for (name, yaml) in [("as it is", text), ("with its examples", said)] {
                let file = try TemporaryDirectory().write(yaml, to: "streamtap.yaml")
                let check = try ChildProcess(program, ["config", "check", file])
                try await check.ended()
                let errors = check.output.split(separator: "\n").filter {
                    $0.contains("error:") && !$0.contains("front-door") && !$0.contains("cert.pem")
                }
                #expect(errors.isEmpty, "\(name): \(check.output)")
            }
            #expect(said.contains("\ninstances:"))
        }

        @Test("plans that docs/migrate.md shows are sound, and sample plans that it names are there")
        func migration() async throws {
            let examples = PlanExample.examples(in: "migrate.md")
            #expect(examples.count == 2)
            for example in examples {
                let file = try TemporaryDirectory().write(example.text, to: "example.plan")
                let check = try ChildProcess(StreamTapProcess.executable("streamtap"), ["check", file])
                #expect(try await check.ended() == .status(0), "\(example): \(check.output)")
            }
            let page = try String(
                contentsOf: StreamTapProcess.repository.appending(path: "docs/migrate.md"), encoding: .utf8)
            for match in page.matches(of: /plan `([a-z0-9-]+)`/) {
                let path = "\(StreamTapProcess.pipelines)/\(match.1).plan"
                #expect(FileManager.default.fileExists(atPath: path), "\(match.1)")
            }
        }

        @Test(
            "what is installed below a prefix finds its worker and its samples, and is taken away without what is told")
        func installed() async throws {
            let root = try TemporaryDirectory().path
            let build = URL(filePath: StreamTapProcess.executable("streamtap")).deletingLastPathComponent().path()
            let script = StreamTapProcess.repository.appending(path: "scripts/install-files").path()
            let environment = ["PREFIX": "/opt/cams", "DESTDIR": root, "BUILD": build]
            let install = try ChildProcess(script, environment: environment)
            #expect(try await install.ended(within: .seconds(60)) == .status(0), "\(install.output)")
            let program = "\(root)/opt/cams/bin/streamtap"
            let stages = try ChildProcess(program, ["stages"])
            #expect(try await stages.ended() == .status(0), "\(stages.output)")
            let graph = try ChildProcess("/bin/sh", ["-c", "cd / && exec \(program) graph demo"])
            #expect(try await graph.ended() == .status(0), "\(graph.output)")
            let unit = try String(
                contentsOfFile: "\(root)/opt/cams/lib/systemd/system/streamtap.service", encoding: .utf8)
            #expect(unit.contains("ExecStart=/opt/cams/bin/streamtap serve"))
            let configuration = "\(root)/etc/streamtap/streamtap.yaml"
            try "log: {level: debug}\n".write(toFile: configuration, atomically: false, encoding: .utf8)
            let again = try ChildProcess(script, environment: environment)
            #expect(try await again.ended(within: .seconds(60)) == .status(0))
            let remove = try ChildProcess(script, ["--remove"], environment: environment)
            #expect(try await remove.ended(within: .seconds(60)) == .status(0), "\(remove.output)")
            // Directories that are not its own stay, as /usr/local/bin should.
            let left = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/opt")
            #expect(left.contains("cams/bin") && left.allSatisfy { !$0.contains("streamtap") }, "\(left)")
            #expect(try String(contentsOfFile: configuration, encoding: .utf8) == "log: {level: debug}\n")
        }
    }
}
