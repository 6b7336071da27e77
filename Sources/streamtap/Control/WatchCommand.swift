import ArgumentParser
import Client
import Foundation

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show what runs, live, until Ctrl-C.",
        discussion: """
            In a terminal a table that the server keeps up to date. Where standard output is no terminal, or with --plain, a line \
            for each instance, and one whenever its state or what is the matter changes. With --json the events as the server sends \
            them, one a line. A server that goes away is waited for.
            """)

    @Flag(help: "Lines, in a terminal too.")
    var plain = false

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        try await choice.ask { client in
            if form.json {
                try await client.follow(lost: Self.tellLoss) { event in
                    let isTerminal = isatty(STDOUT_FILENO) == 1
                    try StandardOutput.write((isTerminal ? TerminalText.safeJSON(event.data) : event.data) + "\n")
                }
            } else if !plain, TerminalScreen.isThere {
                try await watch(on: TerminalScreen(), client)
            } else {
                var board = WatchBoard()
                try await client.follow(lost: Self.tellLoss) { event in
                    for line in board.lines(try WatchedEvent(event)) { try StandardOutput.write(line + "\n") }
                }
            }
        }
    }

    private static func tellLoss(_ error: ClientError) {
        StandardError.write("streamtap: \(TerminalText.safe(error.description)); trying again\n")
    }

    private func watch(on screen: TerminalScreen, _ client: ServerClient) async throws {
        defer { screen.leave() }
        let board = SharedBoard()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await client.follow(lost: { error in board.change { $0.loss = error.description } }) { event in
                    let event = try WatchedEvent(event)
                    board.change { $0.take(event) }
                }
            }
            group.addTask {
                // Ages grow while nothing is heard.
                var lastSecond = 0
                while true {
                    let second = Int(Date().timeIntervalSince1970)
                    if board.isBegun, board.takeChange() || screen.takeResize() || second != lastSecond {
                        lastSecond = second
                        try screen.show(board.value.page(at: "\(client.address)", columns: screen.size.columns))
                    }
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
