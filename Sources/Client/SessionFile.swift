import Foundation
import Glibc

/// Where sessions are kept that somebody has begun from the command line: one file, which nobody else can read.
public struct SessionFile: Sendable {
    /// One session at one server.
    public struct Session: Sendable, Codable {
        /// Who has signed in.
        public var user: String
        /// `NAME=VALUE`, as the server has set it.
        public var cookie: String

        /// What a server has given somebody.
        public init(user: String, cookie: String) {
            (self.user, self.cookie) = (user, cookie)
        }
    }

    /// Its path.
    public let path: String

    /// `$XDG_CONFIG_HOME/streamtap/sessions.json`, by the XDG Base Directory Specification; nil where there is no home.
    public init?(environment: [String: String]) {
        let home = environment["HOME"].map { $0 + "/.config" }
        // By the specification a path that is not whole counts as none.
        let given = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let directory = given ?? home, directory.hasPrefix("/") else { return nil }
        path = directory + "/streamtap/sessions.json"
    }

    /// The session at a server; nil: there is none.
    ///
    /// - Throws: `SessionFileFault` for a file that others can read, or that is no such file.
    public func session(at address: ServerAddress) throws(SessionFileFault) -> Session? {
        try read()[address.description]
    }

    /// Keeps a session in the place of the one before, or forgets it.
    ///
    /// - Throws: `SessionFileFault`.
    public func keep(_ session: Session?, at address: ServerAddress) throws(SessionFileFault) {
        var sessions = try read()
        guard session != nil || sessions[address.description] != nil else { return }
        sessions[address.description] = session
        try write(sessions)
    }

    private func read() throws(SessionFileFault) -> [String: Session] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [:] }
            throw SessionFileFault("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SessionFileFault("\(path) can be read by others; take that away (chmod 600), and sign in again")
        }
        do {
            return try JSONDecoder().decode([String: Session].self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw SessionFileFault("\(path) holds no sessions; remove it, and sign in again")
        }
    }

    /// Beside the file and then in its place, so that it is always whole and never anybody else's to read.
    private func write(_ sessions: [String: Session]) throws(SessionFileFault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let directory = URL(filePath: path).deletingLastPathComponent().path()
        let draft = "\(path).\(getpid())"
        do {
            let data = try encoder.encode(sessions)
            if !FileManager.default.fileExists(atPath: directory) {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            unlink(draft)
            let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: data)
            try file.close()
            guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            unlink(draft)
            throw SessionFileFault("\(path) cannot be written, so that nobody stays signed in")
        }
    }
}

/// Why sessions cannot be kept or read.
public struct SessionFileFault: Error, CustomStringConvertible {
    /// A sentence for people.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
