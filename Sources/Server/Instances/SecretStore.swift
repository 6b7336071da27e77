import Foundation
package import Plans

/// Where the operator keeps secrets, by name: a directory with a file for each, else systemd's credentials, else the server's
/// environment.
///
/// The file is the one that systemd (`LoadCredential=NAME:…`) and container orchestrators write. Of a whole directory
/// (`LoadCredential=secrets:DIRECTORY`) systemd calls it `secrets_NAME`. In the environment the secret `front-door` is
/// `STREAMTAP_SECRET_FRONT_DOOR`.
package struct SecretStore: Sendable, Hashable {
    /// Bytes of a secret.
    package static let longest = 4096

    /// What stands before a secret's name in the paths where its file may be, the first that is there counting.
    private let places: [String]
    private let environment: [String: String]

    /// - Parameters:
    ///   - directory: one file a secret; what is not there is looked for in the directory that `CREDENTIALS_DIRECTORY` names.
    ///   - environment: nil: the process's own.
    package init(directory: String? = nil, environment: [String: String]? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let credentials = environment[SecretVariables.directory].flatMap { $0.isEmpty ? nil : $0 }
        places =
            (directory.map { ["\($0)/"] } ?? [])
            + (credentials.map { ["\($0)/", "\($0)/\(SecretVariables.credentialPrefix)"] } ?? [])
        self.environment = environment.filter { $0.key.hasPrefix(SecretVariables.prefix) }
    }

    /// - Throws: `Problem`, which never holds anything of the secret.
    func value(of name: String) throws(Problem) -> String {
        // The name is checked before it becomes part of a path.
        guard PlanName.isValid(name) else { throw Problem("'\(name.prefix(80))' cannot name a secret") }
        if let bytes = try file(name) { return try text(of: bytes, name) }
        let variable = SecretVariables.prefix + name.uppercased().replacing("-", with: "_")
        guard let value = environment[variable] else {
            throw Problem(
                "there is no secret '\(name)'",
                hint: "put it into the file \(name) of the credentials directory, or into \(variable)")
        }
        return try text(of: Array(value.utf8), name)
    }

    /// One that an operator names on the command line.
    ///
    /// - Throws: `ServiceError` `configuration`.
    package func password(of name: String) throws(ServiceError) -> String {
        do throws(Problem) {
            return try value(of: name)
        } catch {
            throw .configuration([error.message, error.hint].compactMap(\.self).joined(separator: "; "))
        }
    }

    /// The values of a plan's parameters that are stored secrets.
    ///
    /// - Parameters:
    ///   - named: parameter → secret, as somebody asked for.
    ///   - given: parameters that have a value; what the plan says of a secret does not count for them.
    ///   - received: parameters whose values came over the API. No secret goes where such a value leads: whoever reaches
    ///     the port could have it sent to a host of their own.
    /// - Throws: `PlanError` `unknown_secret`, `secret_not_allowed`, `unknown_parameter` or `parameter_format`, all at
    ///   once.
    package func values(
        for plan: Plan, named: [String: String], given: Set<String>, received: Set<String> = []
    ) throws(PlanError) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        var problems: [Diagnostic] = []
        func report(_ code: Diagnostic.Code, _ parameter: String, _ message: String, hint: String? = nil) {
            problems.append(Diagnostic(.error, code, at: plan.place(of: parameter), message, hint: hint))
        }
        let known = plan.parameters.map(\.name)
        for name in named.keys.sorted() where !known.contains(name) {
            report(
                .unknownParameter, name, "the plan has no parameter '\(name.prefix(80))'",
                hint: NearestName.hint(for: name, in: known))
        }
        for declaration in plan.parameters {
            let own = given.contains(declaration.name) ? nil : declaration.secret
            guard let secret = named[declaration.name] ?? own else { continue }
            guard declaration.format == .secret else {
                report(
                    .parameterFormat, declaration.name, "'\(declaration.name)' takes no stored secret",
                    hint: "declare it with format: secret")
                continue
            }
            let led = plan.addresses(beside: declaration.name).intersection(received).sorted()
            guard led.isEmpty else {
                report(
                    .secretNotAllowed, declaration.name,
                    "the stored secret of '\(declaration.name)' goes to no address that came over the API",
                    hint: "write the address into the plan, or give the value itself besides '\(led[0])'")
                continue
            }
            do throws(Problem) {
                values[declaration.name] = .string(try value(of: secret))
            } catch {
                report(.unknownSecret, declaration.name, error.message, hint: error.hint)
            }
        }
        guard problems.isEmpty else { throw PlanError(problems) }
        return values
    }

    private func file(_ name: String) throws(Problem) -> [UInt8]? {
        guard let path = places.map({ $0 + name }).first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return nil
        }
        guard var bytes = try? RegularFile.bytes(of: path, upTo: Self.longest + 2) else {
            throw Problem("the file of the secret '\(name)' cannot be read")
        }
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
