import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command line as a client of what is no StreamTap server", .timeLimit(.minutes(3)))
    struct ControlFailureTests {
        private func odd(_ kind: String) async throws -> (server: ChildProcess, place: ControlPlace) {
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/odd-server.py").path()
            let server = try ChildProcess("/usr/bin/python3", [script, kind])
            let port = try await server.line(containing: "port ").dropFirst(5)
            return (server, try ControlPlace(server: "http://127.0.0.1:\(port)"))
        }

        @Test(
            "Whatever answers, the command ends in time, with a sentence and 69",
            arguments: [
                ("garbage", "not in HTTP"), ("redirect", "http://127.0.0.1:1/elsewhere"), ("html", "another program"),
                ("html404", "404"), ("half", "closed the connection"), ("empty", "closed the connection"),
                ("other-json", "another program"), ("hang", "--timeout"), ("hang-in-body", "--timeout"),
            ])
        func answers(kind: String, words: String) async throws {
            let (server, place) = try await odd(kind)
            defer { server.kill() }
            for command in [["list"], ["show", "door"], ["logs"], ["watch"], ["logs", "-f"], ["stop", "door"]] {
                let outcome = try await place.run(["ctl"] + command + ["--timeout", "0.5"])
                #expect(outcome.exit == .status(69), "\(kind) \(command): \(outcome)")
                #expect(outcome.answer.isEmpty, "\(kind) \(command): \(outcome)")
                if command == ["list"] { #expect(outcome.words.contains(words), "\(kind): \(outcome)") }
                #expect(
                    outcome.words.hasPrefix("Error: ") && outcome.words.split(separator: "\n").count == 1, "\(outcome)")
            }
        }

        @Test("Nobody there, no such name, no such socket, an address that is none")
        func nobody() async throws {
            let port = try ReservedPort()
            let place = try ControlPlace(server: nil)
            for (server, exit, words) in [
                ("http://127.0.0.1:\(port.number)", CInt(69), "nobody listens"),
                ("http://nowhere.invalid:8277", 69, "no machine 'nowhere.invalid'"),
                ("unix:/nowhere/x.sock", 69, "nobody listens"),
                ("nonsense", 64, "no address of a server"), ("http://a:b@c", 64, "login"),
            ] {
                let outcome = try await place.ctl("list", "--server", server)
                #expect(outcome.exit == .status(exit) && outcome.words.contains(words), "\(server): \(outcome)")
                #expect(outcome.answer.isEmpty)
            }
            let named = try await place.ctl("list", environment: ["STREAMTAP_SERVER": "nonsense"])
            #expect(named.exit == .status(64) && named.words.contains("STREAMTAP_SERVER"), "\(named)")
        }

        @Test("Words of a server that a terminal would obey reach none")
        func words() async throws {
            let (refuser, refusing) = try await odd("words")
            defer { refuser.kill() }
            let refused = try await refusing.ctl("show", "door")
            #expect(refused.exit == .status(1))
            #expect(
                refused.words == "Error: \\u{1b}]0;title\\u{7}gone \\u{9b}2J \\u{202e} (not_\\u{1b}[31mfound)\n",
                "\(refused)")
            let (lister, listing) = try await odd("list")
            defer { lister.kill() }
            let listed = try await listing.ctl("list")
            #expect(listed.exit == .status(0) && listed.answer.split(separator: "\n").count == 2, "\(listed)")
            #expect(
                listed.answer.unicodeScalars.allSatisfy {
                    $0 == "\n" || !(0...0x1F).contains($0.value) && !(0x7F...0x9F).contains($0.value)
                })
        }
    }
}
