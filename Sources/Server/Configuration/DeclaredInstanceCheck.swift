import Foundation
import Plans
import WorkerLink

extension LoadedConfiguration {
    /// Everything that is wrong with what is declared: the plans, their parameters, the directories.
    ///
    /// - Parameter worker: builds the plans, without opening a camera; nil: their texts alone are looked at.
    package func check(worker: WorkerExecutable?) async -> [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        for (name, path) in [
            ("plans.directory", configuration.plansDirectory), ("media.directory", configuration.mediaDirectory),
            ("secrets.directory", configuration.credentialsDirectory),
        ] {
            guard let path, configuration.missingDirectories.contains(path) else { continue }
            let place = entries.first { $0.key.name == name }?.place ?? .together
            faults.append(ConfigurationFault(.warning, at: place, "\(name): there is no directory \(path)"))
        }
        let inspector = worker.map { PlanInspector(executable: $0) }
        let stages = try? await inspector?.stages()
        let resolver = RequestResolver(
            plans: PlanLibrary(directory: configuration.plansDirectory), policy: configuration.policy,
            stages: Set((stages ?? []).map(\.name)))
        for declared in instances {
            do throws(ServiceError) {
                let (_, specification) = try resolver.resolve(declared)
                if let inspector {
                    let diagnostics = try await inspector.check(
                        specification.text, parameters: specification.parameters)
                    faults += Self.faults(specification.redaction.apply(to: diagnostics), declared)
                }
            } catch {
                faults +=
                    error.details.isEmpty
                    ? [ConfigurationFault(at: .wholeFile(declared.place), "instances.\(declared.id): \(error.message)")]
                    : Self.faults(error.details, declared)
            }
        }
        return faults
    }

    private static func faults(_ diagnostics: [Diagnostic], _ declared: DeclaredInstance) -> [ConfigurationFault] {
        diagnostics.compactMap { diagnostic in
            // What the plan's author would rather know, `streamtap check` tells.
            guard diagnostic.severity == .error else { return nil }
            // The server may have other secrets than whoever asks: systemd gives it those of its unit.
            return ConfigurationFault(
                diagnostic.code == .unknownSecret ? .warning : .error, at: .wholeFile(declared.place),
                "instances.\(declared.id): \(declared.plan).plan:\(diagnostic.line):\(diagnostic.column): "
                    + diagnostic.message, hint: diagnostic.hint)
        }
    }
}
