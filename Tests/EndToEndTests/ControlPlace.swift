import Foundation
import TestSupport

/// A person's account at a machine: its command line, and nothing of whoever runs the tests.
struct ControlPlace: Sendable {
    /// What a command has come to.
    struct Outcome: Sendable {
        var exit: ChildProcess.Exit
        /// Standard output.
        var answer: String
        /// Standard error.
        var words: String

        var json: [String: any Sendable] {
            (try? JSONSerialization.jsonObject(with: Data(answer.utf8))) as? [String: any Sendable] ?? [:]
        }
    }

    let home: TemporaryDirectory
    /// Of every command.
    var environment: [String: String]

    init(server: String?) throws {
        home = try TemporaryDirectory()
        environment = [
            "HOME": home.path, "XDG_CONFIG_HOME": home.path, "STREAMTAP_STATE": home.path + "/state",
            "STREAMTAP_CONFIG": "", "STREAMTAP_TOKEN": "", "STREAMTAP_SERVER": server ?? "", "TZ": "UTC",
            "NO_COLOR": "",
        ]
    }

    /// The command line that runs `streamtap` so that its two outputs are apart.
    func start(_ arguments: [String], input: String = "", environment others: [String: String] = [:]) throws -> (
        process: ChildProcess, answer: String, words: String
    ) {
        let (answer, words) = (home.path + "/\(UUID().uuidString).out", home.path + "/\(UUID().uuidString).err")
        let script = #"printf '%s' "$INPUT" | { exec "$@" >"$ANSWER" 2>"$WORDS"; }"#
        let process = try ChildProcess(
            "/bin/bash",
            ["-c", "set -o pipefail; " + script, "bash", StreamTapProcess.executable("streamtap")] + arguments,
            environment: environment.merging(others) { $1 }.merging(
                ["INPUT": input, "ANSWER": answer, "WORDS": words]) { $1 })
        return (process, answer, words)
    }

    /// Runs `streamtap`.
    func run(
        _ arguments: [String], input: String = "", environment others: [String: String] = [:]
    ) async throws -> Outcome {
        let (process, answer, words) = try start(arguments, input: input, environment: others)
        let exit = try await process.ended(within: .seconds(30))
        return Outcome(
            exit: exit, answer: String(decoding: try Data(contentsOf: URL(filePath: answer)), as: UTF8.self),
            words: try String(contentsOfFile: words, encoding: .utf8))
    }

    /// Runs `streamtap ctl`.
    func ctl(_ arguments: String..., input: String = "", environment others: [String: String] = [:]) async throws
        -> Outcome
    {
        try await run(["ctl"] + arguments, input: input, environment: others)
    }
}
