import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What is made of the commands' own help: manual pages, completions; and what is written about them.
    @Suite("The command line's own words", .timeLimit(.minutes(3)))
    struct CommandDocumentationTests {
        private struct Info: Decodable {
            struct Argument: Decodable {
                var kind: String
                var abstract: String?
                var valueName: String?
                var shouldDisplay: Bool
            }
            struct Command: Decodable {
                var commandName: String
                var abstract: String?
                var arguments: [Argument]?
                var subcommands: [Command]?

                /// Itself and those below it, each with the words that call it.
                func all(_ above: [String] = []) -> [(path: [String], command: Command)] {
                    let path = above + [commandName]
                    return [(path, self)]
                        + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.all(path) }
                }
            }
            var command: Command
        }

        private static func script(_ name: String) -> String {
            StreamTapProcess.repository.appending(path: "scripts/\(name)").path()
        }

        private func run(_ program: String, _ arguments: [String]) async throws -> String {
            let process = try ChildProcess(program, arguments, environment: ["SOURCE_DATE_EPOCH": "1767225600"])
            let exit = try await process.ended(within: .seconds(30))
            guard exit == .status(0) else { throw ProcessFailure("\(program) \(arguments): \(exit) \(process.output)") }
            return process.output
        }

        private func commands() async throws -> [(path: [String], command: Info.Command)] {
            let text = try await run(StreamTapProcess.executable("streamtap"), ["--experimental-dump-help"])
            return try JSONDecoder().decode(Info.self, from: Data(text.utf8)).command.all()
        }

        @Test("Every command, argument and option says what it is")
        func help() async throws {
            let commands = try await commands()
            #expect(commands.count > 30)
            for (path, command) in commands {
                #expect(command.abstract?.hasSuffix(".") == true, "\(path)")
                for argument in command.arguments ?? [] where argument.shouldDisplay {
                    #expect(argument.abstract?.isEmpty == false, "\(path) \(argument)")
                }
            }
        }

        @Test("Every command has a manual page that is rendered without a warning, whole")
        func manual() async throws {
            let folder = try TemporaryDirectory()
            _ = try await run(
                "/usr/bin/python3", [Self.script("manual"), StreamTapProcess.executable("streamtap"), folder.path])
            let commands = try await commands()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(files) == Set(commands.map { $0.path.joined(separator: "-") + ".1" }))
            for file in files {
                let path = folder.path + "/" + file
                let warnings = try await run(
                    "/bin/sh",
                    ["-c", #"groff -K utf8 -man -Tutf8 -ww -z "$0" 2>&1; mandoc -T lint -W warning "$0""#, path])
                #expect(warnings.isEmpty, "\(warnings)")
            }
            let page = try await run("/bin/sh", ["-c", #"man -l "$0/streamtap-ctl-snapshot.1" | cat"#, folder.path])
            for words in [
                "NAME", "streamtap-ctl-snapshot - ", "EXAMPLES", "streamtap ctl snapshot door/live -o door.jpg",
                "--width",
            ] {
                #expect(page.contains(words), "\(words): \(page)")
            }
        }

        @Test("docs/command-line.md has every command")
        func documentation() async throws {
            let text = try String(
                contentsOf: StreamTapProcess.repository.appending(path: "docs/command-line.md"), encoding: .utf8)
            for (path, command) in try await commands() where command.subcommands?.isEmpty != false {
                #expect(text.contains("`\(path.joined(separator: " "))"), "\(path)")
            }
        }

        @Test("bash completes commands, options, and what the running server has; without one nothing is said")
        func bash() async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan])
            try await server.create("cam", id: "front-door")
            let folder = try TemporaryDirectory()
            _ = try await run(
                "/bin/sh", [Self.script("completions"), StreamTapProcess.executable("streamtap"), folder.path])
            #expect(
                Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path)).isSuperset(of: [
                    "bash/streamtap", "zsh/_streamtap", "fish/streamtap.fish",
                ]))
            let place = try ControlPlace(server: "http://127.0.0.1:\(server.http.port)")
            /// What stands after pressing Tab twice behind these words.
            func completions(_ words: [String], _ environment: [String: String] = [:]) async throws -> Set<String> {
                let process = try ChildProcess(
                    "/bin/bash",
                    [
                        "-c",
                        """
                        PATH="$0:$PATH"; source "$1" || exit 9; shift; COMP_WORDS=(streamtap "$@"); COMP_CWORD=$#
                        COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
                        complete -p streamtap | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p' >"$HOME/function"
                        "$(cat "$HOME/function")" streamtap "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                        printf '%s\\n' "${COMPREPLY[@]}"
                        """,
                        URL(filePath: StreamTapProcess.executable("streamtap")).deletingLastPathComponent().path(),
                        folder.path + "/bash/streamtap",
                    ] + words, environment: place.environment.merging(environment) { $1 })
                let exit = try await process.ended(within: .seconds(30))
                guard exit == .status(0) || exit == .status(1) else {
                    throw ProcessFailure("\(words): \(process.output)")
                }
                return Set(process.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
            }
            #expect(try await completions([""]).isSuperset(of: ["serve", "ctl", "check"]))
            #expect(try await completions(["ctl", "sn"]) == ["snapshot"])
            #expect(try await completions(["ctl", "list", "--tok"]) == ["--token-file"])
            /// A busy machine may take longer than a shell is kept waiting.
            func has(_ names: Set<String>, _ words: String..., environment: [String: String] = [:]) async throws {
                try await eventually("\(words) has \(names)", within: .seconds(60)) {
                    try await completions(words, environment).isSuperset(of: names)
                }
            }
            for command in ["show", "stop", "logs", "restart", "options"] {
                try await has(["front-door"], "ctl", command, "")
            }
            try await has(["front-door"], "ctl", "stop", "front-door", "f")
            try await has(["front-door/plain", "front-door/view"], "ctl", "snapshot", "front")
            try await has(["cam"], "ctl", "start", "")
            let gone = try ReservedPort()
            let address = ["STREAMTAP_SERVER": "http://127.0.0.1:\(gone.number)"]
            #expect(try await completions(["ctl", "show", ""], address).isDisjoint(with: ["front-door"]))
            try await has(
                ["front-door"], "ctl", "show", "--server", "http://127.0.0.1:\(server.http.port)", "",
                environment: address)
        }

        @Test(
            "Other shells complete commands, options, and names of what runs, when Tab is pressed",
            arguments: ["zsh", "fish"])
        func otherShells(_ shell: String) async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan])
            try await server.create("cam", id: "front-door")
            let folder = try TemporaryDirectory()
            _ = try await run(
                "/bin/sh", [Self.script("completions"), StreamTapProcess.executable("streamtap"), folder.path])
            var environment = try ControlPlace(server: "http://127.0.0.1:\(server.http.port)").environment
            let programs = URL(filePath: StreamTapProcess.executable("streamtap")).deletingLastPathComponent().path()
            environment["PATH"] = "\(programs):/usr/bin:/bin"
            let lines = [
                ("streamtap ctl sn", "snapshot"), ("streamtap ctl list --tok", "--token-file"),
                ("streamtap ctl show fr", "front-door"), ("streamtap ctl snapshot front-door/pl", "front-door/plain"),
            ]
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "complete-in-shell.py")
                .path()
            let process = try ChildProcess(
                "/usr/bin/python3", [script, shell, folder.path] + lines.map(\.0), environment: environment)
            try await process.ended(within: .seconds(90))
            let completed = process.output.split(separator: "\n")
            for (line, word) in lines {
                let found = completed.first { $0.hasPrefix(line + " →") }
                #expect(found?.dropFirst(line.count).contains(word) == true, "\(line): \(process.output)")
            }
        }
    }
}
