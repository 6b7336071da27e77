import ArgumentParser
import Client
import Foundation

struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in at a server; the password is asked for, or read from standard input.",
        discussion: """
            The session, not the password, is kept in $XDG_CONFIG_HOME/streamtap/sessions.json or ~/.config/streamtap, which \
            nobody else can read, one for each server. It ends as a browser's does: docs/access.md.

            EXAMPLES:
              streamtap ctl login anna
              streamtap ctl login anna --server https://cams.example/house
              echo "$PASSWORD" | streamtap ctl login anna
            """)

    @Argument(help: "The user's name.")
    var user: String

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        let address = try choice.address()
        let file = try SessionFile.ofThisUser()
        if !address.isPrivate {
            StandardError.write("Without TLS the password can be read by whoever is between here and \(address).\n")
        }
        let request = SignInRequest(user: user, password: try PasswordPrompt.known(of: user))
        let answer = try await choice.ask(at: address, as: .nobody) { client in
            let answer = try await client.send(.post, .api("session"), request)
            _ = try answer.decoded(as: SessionAnswer.self)
            return answer
        }
        guard let cookie = answer.headers("Set-Cookie").lazy.compactMap(Self.cookie).first else {
            throw Complaint("\(address) has begun no session; is it another program's address?")
        }
        try complainingOfSessions { try file.keep(.init(user: user, cookie: cookie), at: address) }
        try form.print(answer) { (answer: SessionAnswer) in "\(answer.words) at \(address).\n" }
    }

    /// `NAME=VALUE` of what the server has set; nil for another's cookie.
    private static func cookie(_ field: String) -> String? {
        guard let pair = field.split(separator: ";").first else { return nil }
        let name = pair.prefix { $0 != "=" }
        guard ["streamtap", "__Host-streamtap"].contains(name), pair.count > name.count + 1,
            pair.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return String(pair)
    }
}

struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Sign out at a server: the session is over there, and forgotten here.")

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        let address = try choice.address()
        let file = try SessionFile.ofThisUser()
        guard let session = try complainingOfSessions({ try file.session(at: address) }) else {
            return try StandardOutput.write("Nobody is signed in at \(address).\n")
        }
        // Whatever the server says: here it is forgotten.
        try complainingOfSessions { try file.keep(nil, at: address) }
        try await choice.ask(at: address, as: .session(cookie: session.cookie)) { client in
            do {
                _ = try await client.send(.delete, .api("session"))
            } catch ClientError.refused(let refusal) where refusal.status == 401 {
                // It was over already.
            }
        }
        try StandardOutput.write("\(session.user) is signed out at \(address).\n")
    }
}

struct WhoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show which server is asked, and as whom.")

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        try await choice.ask { client in
            try form.print(try await client.send(.get, .api("session"))) { (answer: SessionAnswer) in
                "\(answer.words) at \(client.address).\n"
            }
        }
    }
}

private struct SignInRequest: Encodable, Sendable {
    var user: String
    var password: String
}

/// Who asks, as the server has it.
private struct SessionAnswer: Decodable {
    var signedIn: Bool
    var user: String?
    var role: String?
    var open: Bool?

    enum CodingKeys: String, CodingKey {
        case user, role, open
        case signedIn = "signed_in"
    }

    var words: String {
        if open == true { return "Nobody has to sign in" }
        guard signedIn else { return "Nobody is signed in" }
        return TerminalText.safe("\(user ?? "somebody") is signed in" + (role.map { " as \($0)" } ?? ""))
    }
}

extension SessionFile {
    /// - Throws: `Complaint`.
    fileprivate static func ofThisUser() throws -> SessionFile {
        guard let file = SessionFile(environment: ProcessInfo.processInfo.environment) else {
            throw Complaint("there is no place for a session: neither HOME nor XDG_CONFIG_HOME is set")
        }
        return file
    }
}

private func complainingOfSessions<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as SessionFileFault {
        throw Complaint(error.description)
    }
}
