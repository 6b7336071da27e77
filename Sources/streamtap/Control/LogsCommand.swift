import ArgumentParser
import Client
import Foundation
import Plans

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what has happened to an instance, or to all of the server.",
        discussion: """
            Each line is a moment by this machine's clock, the instance, what happened and, where something was the matter, why. \
            With --follow what happens is printed until Ctrl-C, also over restarts of the server.

            EXAMPLES:
              streamtap ctl logs door -f
              streamtap ctl logs --since 2026-01-01T12:00:00Z -n 1000
              streamtap ctl logs -f --json | jq -c '.events[] | select(.state == "retrying")'
            """)

    @Argument(help: "Of this instance only; viewers have to name one.", completion: .instances)
    var instance: String?

    @Flag(name: .shortAndLong, help: "Go on with what happens.")
    var follow = false

    @Option(
        name: [.customShort("n"), .customLong("lines")],
        help: ArgumentHelp("At most so many to begin with, 1 to 1000.", valueName: "count"))
    var count = 100

    @Option(
        help: ArgumentHelp(
            "Only after this moment, 2026-01-01T12:00:00Z, or after the event of this number.", valueName: "moment"))
    var since: String?

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("a count of lines is a number from 1 to 1000") }
    }

    func run() async throws {
        try await choice.ask { client in
            var last = try await show(since: since, limit: count, client)
            guard follow else { return }
            var signs = EventSigns()
            try await client.follow(lost: Self.tellLoss) { event in
                guard signs.tell(try WatchedEvent(event), of: instance) else { return }
                // A moment at which more happened than one answer holds has more of them.
                // Until there was one, what counts is the moment that was named.
                while let next = try await show(since: last.map { String($0) } ?? since, limit: 1000, client),
                    next > last ?? 0
                {
                    last = next
                }
            }
        }
    }

    private static func tellLoss(_ error: ClientError) {
        StandardError.write("streamtap: \(TerminalText.safe(error.description)); trying again\n")
    }

    /// - Returns: the number of the last event; nil where there is none.
    private func show(since: String?, limit: Int, _ client: ServerClient) async throws -> Int64? {
        let target = RequestTarget.api(
            "events", query: ["instance": instance, "since": since, "limit": String(limit)])
        let answer = try await client.send(.get, target)
        let events = try answer.decoded(as: EventsAnswer.self).events
        if form.json {
            // While it is followed an answer without events is no news.
            if !events.isEmpty || !follow { try answer.printJSON() }
        } else {
            try StandardOutput.write(events.map(line).joined())
        }
        return events.last?.id
    }

    private func line(_ event: EventsAnswer.Event) -> String {
        let what = event.kind == "state" ? event.state ?? event.kind : event.kind
        let words = [Measure.local(event.at), event.instance ?? "server", what, event.message ?? event.reason]
        return words.compactMap(\.self).map(TerminalText.safe).joined(separator: "  ") + "\n"
    }
}

/// Which of the things that become of a server stand in its log: the numbers of an instance change all the time, and do not.
struct EventSigns {
    private struct Sign: Hashable {
        var state: String
        var since: String?
        var reason: String?
        var message: String?
        var made: String?
        var restarts: Int?
        var options: [String]
    }

    private var known: [String: Sign] = [:]

    /// - Parameter instance: nil: everything is of interest.
    /// - Returns: whether something may have come to the log.
    mutating func tell(_ event: WatchedEvent, of instance: String?) -> Bool {
        switch event {
        case .snapshot(let instances, _):
            known = Dictionary(instances.map { ($0.id, Self.sign(of: $0)) }) { $1 }
            return true
        case .changed(let changed, _):
            let sign = Self.sign(of: changed)
            return known.updateValue(sign, forKey: changed.id) != sign && (instance == nil || instance == changed.id)
        case .removed(let id):
            known[id] = nil
            return instance == nil || instance == id
        case .other: return instance == nil
        }
    }

    private static func sign(of instance: InstanceAnswer) -> Sign {
        Sign(
            state: instance.state, since: instance.since, reason: instance.reason, message: instance.message,
            made: instance.createdAt, restarts: instance.restarts,
            options: (instance.stages ?? []).map { stage in
                stage.name
                    + (stage.options ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }.joined()
            })
    }
}
