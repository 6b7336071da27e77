import Foundation
import Subprocess

extension Environment {
    /// What a worker inherits: everything but the operator's secrets. It gets those of its own plan over the link.
    static var ofWorkers: Environment {
        let secrets = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix(SecretStore.prefix) }
        var changes: [Key: String?] = ["CREDENTIALS_DIRECTORY": nil]
        for name in secrets { changes[Key(stringLiteral: name)] = .some(nil) }
        return .inherit.updating(changes)
    }
}
