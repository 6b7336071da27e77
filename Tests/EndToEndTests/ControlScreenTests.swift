import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `streamtap ctl` at a terminal.
    @Suite("The command line at a terminal", .timeLimit(.minutes(3)))
    struct ControlScreenTests {
        /// A program in a terminal, by the words of in-terminal.py.
        private struct Terminal {
            let process: ChildProcess

            init(_ columns: Int, _ rows: Int, _ place: ControlPlace, _ arguments: [String]) throws {
                let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/in-terminal.py").path()
                process = try ChildProcess(
                    "/usr/bin/python3",
                    [script, "\(columns)", "\(rows)", StreamTapProcess.executable("streamtap"), "ctl"] + arguments,
                    environment: place.environment)
            }

            func order(_ words: String...) throws { for order in words { try process.write(order) } }

            /// What it came to.
            func end() async throws -> [String: any Sendable] {
                try order("end")
                _ = try await process.ended(within: .seconds(60))
                let line = process.output.split(separator: "\n").last.map(String.init) ?? ""
                return (try JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: any Sendable] ?? [:]
            }
        }

        private static let (entrance, exit) = ("\u{1B}[?1049h", "\u{1B}[?25h\u{1B}[?1049l")

        @Test("A table that follows what happens and the terminal's size, and leaves the terminal as it was")
        func watch() async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan, "film": TestPlans.film])
            let place = try ControlPlace(server: "http://127.0.0.1:\(server.http.port)")
            try await server.create("cam")
            try await server.create("film")
            let terminal = try Terminal(70, 20, place, ["watch"])
            try terminal.order("wait running", "wait completed", "wait \u{1B}[32m")
            for number in 1...4 { try await server.create("cam", id: "another-\(number)") }
            // Two rows of head, the titles and three instances do not fit: the last row says how many are left.
            try terminal.order("wait another-4", "size 40 6", "wait … 4 more", "type \\x03")
            let end = try await terminal.end()
            let seen = try #require(end["seen"] as? String, "\(end)")
            #expect(end["signal"] as? Int == Int(SIGINT) && end["same"] as? Bool == true, "\(end)")
            #expect(seen.contains(Self.entrance) && seen.hasSuffix(Self.exit), "\(seen.suffix(200))")
            // What is drawn begins at the top without a new line.
            for line in seen.replacing("\u{1B}[H", with: "\n").split(whereSeparator: \.isNewline) {
                let text = line.replacing(#/\x1B\[[0-9;?]*[A-Za-z]/#, with: "")
                #expect(text.count <= 70, "\(text)")
            }
        }

        @Test("However it ends: the terminal is given back", arguments: [SIGTERM, SIGHUP, SIGQUIT])
        func ends(number: CInt) async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan])
            let place = try ControlPlace(server: "http://127.0.0.1:\(server.http.port)")
            let terminal = try Terminal(80, 24, place, ["watch"])
            try terminal.order("wait INSTANCE")
            _ = try await terminal.process.line(containing: "seen INSTANCE")
            kill(try #require(ProcessTable.children(of: terminal.process.pid).first), number)
            let end = try await terminal.end()
            #expect(end["signal"] as? Int == Int(number) && end["same"] as? Bool == true, "\(end)")
            #expect((end["seen"] as? String)?.hasSuffix(Self.exit) == true, "\(end)")
        }

        @Test("A server that is lost is said to be, and waited for; no colours where none are wanted")
        func loss() async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan])
            var place = try ControlPlace(server: "http://127.0.0.1:\(server.http.port)")
            place.environment["NO_COLOR"] = "1"
            try await server.create("cam")
            let terminal = try Terminal(120, 24, place, ["watch"])
            try terminal.order("wait 1 of 1 running")
            _ = try await terminal.process.line(containing: "seen 1 of 1 running")
            try terminal.order("wait LOST")
            server.process.kill()
            _ = try await server.process.ended()
            let again = try await StreamTapProcess.start(port: server.http.port)
            try terminal.order("wait 0 of 0 running", "type \\x03")
            let end = try await terminal.end()
            #expect(end["signal"] as? Int == Int(SIGINT), "\(end)")
            #expect((end["seen"] as? String)?.contains("\u{1B}[32m") == false)
            _ = again
        }

        @Test("Words of a server reach the terminal as words, also in JSON; a picture does not")
        func words() async throws {
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/odd-server.py").path()
            let odd = try ChildProcess("/usr/bin/python3", [script, "list"])
            let place = try ControlPlace(
                server: "http://127.0.0.1:\(try await odd.line(containing: "port ").dropFirst(5))")
            for arguments in [["list"], ["list", "--json"]] {
                let end = try await Terminal(200, 24, place, arguments).end()
                let seen = try #require(end["seen"] as? String)
                #expect(end["status"] as? Int == 0 && seen.contains("camera"), "\(end)")
                #expect(
                    !seen.unicodeScalars.contains { $0.value == 0x1B || (0x7F...0x9F).contains($0.value) }, "\(end)")
            }
            let picture = try await Terminal(80, 24, place, ["snapshot", "door/live"]).end()
            #expect(picture["status"] as? Int == 64, "\(picture)")
        }
    }
}
