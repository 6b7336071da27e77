import ArgumentParser
import Foundation
import Server

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Say who may sign in.",
        discussion: """
            As soon as there is one, everybody has to sign in, at this machine too. A server that runs hears of changes within \
            a second; those whose password or role changes are signed out.

            EXAMPLES:
              streamtap user add anna --role admin
              streamtap user add wall --role viewer --view 'yard-*/live' --max-width 640
              echo "$PASSWORD" | streamtap user passwd wall
            """,
        subcommands: [Add.self, List.self, Change.self, Passwd.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user; the password is asked for, or read from standard input.")

        @Argument(help: "Their name.")
        var name: String

        @Option(
            help: "viewer: watches what --view says. operator: watches all, starts and stops plans. admin: everything.")
        var role: Role

        @OptionGroup
        var views: ViewerOptions

        @OptionGroup
        var access: AccessOptions

        func validate() throws {
            guard role == .viewer || views.rights.isEmpty else {
                throw ValidationError("\(role.rawValue)s watch everything; --view is for viewers")
            }
        }

        func run() async throws {
            let accounts = try await access.accounts()
            let password = try PasswordPrompt.read(for: name)
            try await complaining {
                try await accounts.addUser(name, password, role: role, views: views.rights)
            }
            try StandardOutput.write("\(name) may sign in as \(role.rawValue).\n")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users and what they may.")

        @OptionGroup
        var access: AccessOptions

        func run() async throws {
            let users = try await access.accounts().users
            guard !users.isEmpty else { return try StandardOutput.write("There are no users.\n") }
            let width = users.map(\.name.count).max() ?? 0
            for user in users {
                let views = user.views.map(\.words).joined(separator: ", ")
                try StandardOutput.write(
                    "\(user.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(user.role.rawValue)"
                        + (views.isEmpty ? "" : "  \(views)") + "\n")
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user another role, or other taps to watch; they are signed out everywhere.")

        @Argument(help: "Their name.")
        var name: String

        @Option(help: "viewer, operator or admin; otherwise it stays.")
        var role: Role?

        @OptionGroup
        var views: ViewerOptions

        @OptionGroup
        var access: AccessOptions

        func validate() throws {
            guard role != nil || !views.rights.isEmpty else { throw ValidationError("say --role, or --view, or both") }
        }

        func run() async throws {
            let accounts = try await access.accounts()
            let rights = views.rights.isEmpty ? nil : views.rights
            try await complaining {
                try await accounts.changeUser(name, role: role, views: rights, password: nil)
            }
            try StandardOutput.write("\(name) has other rights, and is signed out everywhere.\n")
        }
    }

    struct Passwd: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user another password; it is asked for, or read from standard input.")

        @Argument(help: "Their name.")
        var name: String

        @OptionGroup
        var access: AccessOptions

        func run() async throws {
            let accounts = try await access.accounts()
            let password = try PasswordPrompt.read(for: name)
            try await complaining {
                try await accounts.changeUser(name, role: nil, views: nil, password: password)
            }
            try StandardOutput.write("\(name) has another password, and is signed out everywhere.\n")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a user, who is signed out everywhere.")

        @Argument(help: "Their name.")
        var name: String

        @OptionGroup
        var access: AccessOptions

        func run() async throws {
            let accounts = try await access.accounts()
            try await complaining { try await accounts.removeUser(name) }
            try StandardOutput.write("\(name) may no longer sign in.\n")
        }
    }
}

/// What is wrong, as a sentence for the person at the terminal.
func complaining<T>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch let error as ServiceError {
        throw Complaint(error.message)
    }
}

extension Role: ExpressibleByArgument {}
