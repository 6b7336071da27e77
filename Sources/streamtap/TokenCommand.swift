import ArgumentParser
import Foundation
import Server

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Let programs and pages elsewhere in, without a password.",
        discussion: """
            A token is shown once, when it is made. Programs send it as 'Authorization: Bearer TOKEN', or as the password of \
            any user name; one that can only watch may also stand in an address: ?token=TOKEN.

            EXAMPLES:
              streamtap token create hall --allow view:door/live --expires 30d --max-width 640
              streamtap token create prometheus --allow metrics
              streamtap token create automation --allow operator
              streamtap token remove hall
            """,
        subcommands: [Create.self, List.self, Remove.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token, and show it.")

        @Argument(help: "What it is for.")
        var name: String?

        @Option(
            help: ArgumentHelp(
                "What may be done with it: view:INSTANCE/TAP (with stars), metrics, operator or admin. May be repeated.",
                valueName: "right"), transform: TokenRight.init)
        var allow: [TokenRight]

        @Option(
            help: ArgumentHelp("How long it is good: 30d, 12h, 45m. Otherwise until it is removed.", valueName: "time"),
            transform: lifetime)
        var expires: TimeInterval?

        @OptionGroup
        var limits: ViewOptions

        @OptionGroup
        var access: AccessOptions

        func validate() throws {
            try limits.expectViews(allow.compactMap { if case .view(let taps) = $0 { taps } else { nil } })
        }

        func run() async throws {
            let accounts = try await access.accounts()
            let name = name ?? "token of \(Date().formatted(.iso8601))"
            let views = allow.compactMap { if case .view(let taps) = $0 { limits.right(to: taps) } else { nil } }
            let role = allow.compactMap { if case .role(let role) = $0 { role } else { nil } }.max()
            let rights = Rights(
                role: role ?? (views.isEmpty ? nil : .viewer), views: views, metrics: allow.contains(.metrics))
            let token = try await complaining {
                try await accounts.makeToken(name, rights, expires: expires.map { Date(timeIntervalSinceNow: $0) })
            }
            // Nothing else, so that scripts can take it.
            try StandardOutput.write(token + "\n")
            StandardError.write("This is shown once. 'streamtap token remove \"\(name)\"' takes it back.\n")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tokens and what they are good for.")

        @OptionGroup
        var access: AccessOptions

        func run() async throws {
            let tokens = try await access.accounts().tokens
            guard !tokens.isEmpty else { return try StandardOutput.write("There are no tokens.\n") }
            for token in tokens { try StandardOutput.write(token.words + "\n") }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a token back; whatever is open by it is closed.")

        @Argument(help: "Its name, or the number that 'streamtap token list' shows.")
        var name: String

        @OptionGroup
        var access: AccessOptions

        func run() async throws {
            let accounts = try await access.accounts()
            try await complaining { try await accounts.removeToken(name) }
            try StandardOutput.write("\(name) is good for nothing any more.\n")
        }
    }
}

/// What a token is good for, as it is written.
enum TokenRight: Hashable, Sendable {
    case view(TapPattern)
    case metrics
    case role(Role)

    init(_ word: String) throws {
        if word.hasPrefix("view:") {
            self = .view(try tapPattern(String(word.dropFirst("view:".count))))
        } else if word == "metrics" {
            self = .metrics
        } else if let role = Role(rawValue: word), role != .viewer {
            self = .role(role)
        } else {
            throw ValidationError("'\(word)' is no right; there are view:INSTANCE/TAP, metrics, operator and admin")
        }
    }
}

/// Seconds of `30d`, `12h`, `45m`.
private func lifetime(_ word: String) throws -> TimeInterval {
    let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400]
    guard let unit = word.last.flatMap({ units[$0] }), let count = Int(word.dropLast()), count > 0, count <= 100_000
    else {
        throw ValidationError("'\(word)' is no time; there are 30d, 12h and 45m")
    }
    return Double(count) * unit
}
