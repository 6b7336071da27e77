import Foundation

/// Reads a password: from a terminal without showing it, else the first line of standard input. Never from the command line, which
/// every process of the machine can read.
enum PasswordPrompt {
    /// A new one, which a terminal is asked for twice.
    ///
    /// - Throws: `Complaint` when none is given, or the second one differs.
    static func read(for user: String) throws -> String {
        let password = try known(of: user)
        guard isatty(STDIN_FILENO) == 1 else { return password }
        guard try hidden("Once more: ") == password else { throw Complaint("these are two different passwords") }
        return password
    }

    /// One that there is.
    ///
    /// - Throws: `Complaint` when none is given.
    static func known(of user: String) throws -> String {
        if isatty(STDIN_FILENO) == 1 { return try hidden("Password for \(user): ") }
        guard let line = readLine(), !line.isEmpty else {
            throw Complaint("standard input holds no password; its first line is the password")
        }
        return line
    }

    private static func hidden(_ prompt: String) throws -> String {
        StandardError.write(prompt)
        var before = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var quiet = before
            quiet.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        }
        defer {
            if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
            StandardError.write("\n")
        }
        guard let line = readLine(), !line.isEmpty else { throw Complaint("no password was given") }
        return line
    }
}
