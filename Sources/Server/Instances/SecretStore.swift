import Foundation
import Plans

/// Where the operator keeps secrets, by name: a directory with a file for each, else the server's environment.
///
/// The file is the one that systemd (`LoadCredential=NAME:…`) and container orchestrators write. In the environment
/// the secret `front-door` is `STREAMTAP_SECRET_FRONT_DOOR`.
public struct SecretStore: Sendable, Hashable {
    /// Bytes of a secret.
    public static let longest = 4096
    /// Names in the environment start so.
    static let prefix = "STREAMTAP_SECRET_"

    private let directory: String?
    private let environment: [String: String]

    /// - Parameters:
    ///   - directory: one file a secret; nil: the directory that `CREDENTIALS_DIRECTORY` names, if any.
    ///   - environment: nil: the process's own.
    public init(directory: String? = nil, environment: [String: String]? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.directory = directory ?? environment["CREDENTIALS_DIRECTORY"]
        self.environment = environment.filter { $0.key.hasPrefix(Self.prefix) }
    }

    /// - Throws: `Problem`, which never holds anything of the secret.
    func value(of name: String) throws(Problem) -> String {
        // The name is checked before it becomes part of a path.
        guard PlanName.isValid(name) else { throw Problem("'\(name.prefix(80))' cannot name a secret") }
        if let bytes = try file(name) { return try text(of: bytes, name) }
        let variable = Self.prefix + name.uppercased().replacing("-", with: "_")
        guard let value = environment[variable] else {
            throw Problem(
                "there is no secret '\(name)'",
                hint: "put it into the file \(name) of the credentials directory, or into \(variable)")
        }
        return try text(of: Array(value.utf8), name)
    }

    private func file(_ name: String) throws(Problem) -> [UInt8]? {
        guard let directory else { return nil }
        let path = "\(directory)/\(name)"
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
        guard !isDirectory, let file = FileHandle(forReadingAtPath: path) else {
            throw Problem("the file of the secret '\(name)' cannot be read")
        }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: Self.longest + 2) else {
            throw Problem("the file of the secret '\(name)' cannot be read")
        }
        var bytes = Array(data)
        // Editors end a file with a line end; a password never does.
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }

    private func text(of bytes: [UInt8], _ name: String) throws(Problem) -> String {
        guard !bytes.isEmpty, bytes.count <= Self.longest, !bytes.contains(0),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw Problem("the secret '\(name)' is no UTF-8 text of 1 to \(Self.longest) bytes") }
        return text
    }

    struct Problem: Error {
        var message: String
        var hint: String?

        init(_ message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }
    }
}
