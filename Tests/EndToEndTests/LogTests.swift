import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What becomes of the log changes nothing else")
    struct LogTests {
        /// A server whose standard error a shell has led elsewhere; `$PLACE` is a directory of its own.
        private func start(
            _ shell: String, level: String = "info", format: String = "text", environment: [String: String] = [:]
        ) async throws
            -> (server: StreamTapProcess, place: String)
        {
            let plans = try TemporaryDirectory()
            try plans.write(TestPlans.live, to: "cam.plan")
            let process = try ChildProcess(
                "/bin/sh",
                [
                    "-c", shell, "sh", StreamTapProcess.executable("streamtap"), "serve", "--port", "0",
                    "--plans", plans.path, "--log-level", level, "--log-format", format,
                ],
                environment: try StreamTapProcess.ownState().merging(environment) { $1 }.merging([
                    "PLACE": plans.path
                ]) { $1 })
            return (try await StreamTapProcess(process), plans.path)
        }

        private func works(_ server: StreamTapProcess) async throws {
            try await server.create("cam", id: "one")
            _ = try await server.snapshot("one", "grey")
            for _ in 0..<50 { _ = try await server.http.get("/nowhere") }
            try await server.remove("one")
            try await server.create("cam", id: "two")
            _ = try await server.watch("two", "grey").picture()
        }

        private func ends(_ server: StreamTapProcess) async throws {
            let start = ContinuousClock.now
            server.process.signal(SIGTERM)
            #expect(try await server.process.ended(within: .seconds(10)) == .status(0))
            #expect(ContinuousClock.now - start < .seconds(4))
        }

        @Test(
            "A full device, a reader that is gone: cameras run, the API answers, SIGTERM ends it",
            arguments: [
                #"exec "$@" 2>/dev/full"#,
                // The reader takes ten bytes.
                #"mkfifo "$PLACE/log"; head -c 10 "$PLACE/log" >/dev/null & exec "$@" 2>"$PLACE/log""#,
                #"exec "$@" 2>&-"#,
            ])
        func deadReader(shell: String) async throws {
            let (server, _) = try await start(shell, level: "trace")
            try await works(server)
            if !shell.contains("&-") {
                let metrics = try await server.http.get("/metrics").text
                let lost = metrics.split(separator: "\n").first { $0.hasPrefix("streamtap_log_lines_lost_total ") }
                #expect(lost.flatMap { Double($0.split(separator: " ")[1]) } ?? 0 > 0, "\(lost ?? "")")
            }
            try await ends(server)
        }

        @Test("A pipe that nobody reads: the same, and once it is read the log says how much is missing")
        func unreadPipe() async throws {
            // The shell holds the reading end open and never reads; 4 KiB are full at once.
            let directory = try TemporaryDirectory()
            let fifo = "\(directory.path)/log"
            try #require(mkfifo(fifo, 0o600) == 0)
            let reader = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            defer { close(reader) }
            try #require(fcntl(reader, 1031, 4096) >= 4096)  // F_SETPIPE_SZ
            let (server, _) = try await start(
                #"exec "$@" 2>\#(fifo)"#, level: "trace",
                // Each line of a worker is one of the server's at this level.
                environment: ["GST_DEBUG": "6", "GST_DEBUG_NO_COLOR": "1"])
            try await works(server)
            // More than the queue holds.
            var lost = 0.0
            try await eventually("lines are lost", within: .seconds(60)) {
                for _ in 0..<100 { _ = try await server.http.get("/nowhere") }
                let metrics = try await server.http.get("/metrics").text
                let line = metrics.split(separator: "\n").first { $0.hasPrefix("streamtap_log_lines_lost_total ") }
                lost = line.flatMap { Double($0.split(separator: " ")[1]) } ?? 0
                return lost > 0
            }
            var log = ""
            var piece = [UInt8](repeating: 0, count: 65_536)
            try await eventually("the log says so", within: .seconds(20), evidence: { String(log.suffix(2000)) }) {
                let count = read(reader, &piece, piece.count)
                if count > 0 { log += String(decoding: piece[..<count], as: UTF8.self) }
                return log.contains("of the log were not written")
            }
            // Nobody reads again.
            for _ in 0..<50 { _ = try await server.http.get("/nowhere") }
            try await ends(server)
        }

        @Test("--log-format json: each line is an object with time, level and message")
        func json() async throws {
            let (server, place) = try await start(#"exec "$@" 2>"$PLACE/log""#, format: "json")
            try await works(server)
            try await ends(server)
            let lines = try String(contentsOfFile: "\(place)/log", encoding: .utf8).split(separator: "\n")
            #expect(lines.count > 3)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
                #expect(object?["time"] != nil && object?["level"] != nil && object?["message"] != nil, "\(line)")
            }
            #expect(lines.contains { $0.contains(#""instance":"one""#) && $0.contains(#""state":"running""#) })
        }

        @Test("Commands whose reader has gone end quietly; a full disk is an error")
        func commands() async throws {
            let plans = try TemporaryDirectory()
            let files = try (0..<3).map {
                try plans.write("videotestsrc ! blurr ! streamtap\n", to: "\($0).plan")
            }
            let streamtap = StreamTapProcess.executable("streamtap")
            for words in [["check"] + files, ["check", "--json"] + files, ["stages", "--json"], ["graph", "demo"]] {
                let arguments = ["sh", streamtap] + words
                let gone = try ChildProcess(
                    "/bin/bash", ["-c", #"set -o pipefail; "$@" | head -c 1 >/dev/null"#] + arguments)
                let exit = try await gone.ended(within: .seconds(60))
                // 141: SIGPIPE. What fits into the pipe is written.
                #expect([.status(141), .status(0), .status(1)].contains(exit), "\(words.prefix(2)): \(exit)")
                #expect(gone.output.isEmpty, "\(words.prefix(2)): \(gone.output)")

                let full = try ChildProcess("/bin/sh", ["-c", #"exec "$@" >/dev/full"#] + arguments)
                #expect(try await full.ended(within: .seconds(60)) == .status(1), "\(words.prefix(2))")
                #expect(full.output.contains("No space left on device"), "\(words.prefix(2)): \(full.output)")
            }
        }
    }
}
