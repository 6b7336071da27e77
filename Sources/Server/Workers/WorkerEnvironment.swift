import Foundation
import Subprocess

extension Environment {
    /// What a worker inherits: everything but the operator's secrets. It gets those of its own plan over the link.
    static var ofWorkers: Environment {
        let names = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix(SecretVariables.prefix) }
        var changes: [Key: String?] = [Key(stringLiteral: SecretVariables.directory): String?.none]
        for name in names { changes[Key(stringLiteral: name)] = .some(nil) }
        return .inherit.updating(changes)
    }
}
