import Plans

/// A value of the configuration as anybody may see it.
package struct ShownValue: Sendable, Hashable, Encodable {
    /// The key: `limits.viewers`, `instances.door.plan`.
    package var name: String
    /// Nil: it is not given, and has no default.
    package var value: String?
    /// Where it was said: `--max-viewers`, `STREAMTAP_STATE`, `streamtap.yaml:3:5`, `default`.
    package var source: String

    /// For people.
    package var words: String { value ?? "-" }
}

extension LoadedConfiguration {
    /// All of it, in the order of the table, then what is declared.
    package var shown: [ShownValue] {
        var lines = entries.map { entry in
            let words = entry.value.map { entry.key.isSecret ? Redaction.mask : Redaction.masked($0.words) }
            return ShownValue(name: entry.key.name, value: words, source: entry.place.words)
        }
        let plans = PlanLibrary(directory: configuration.plansDirectory)
        for instance in instances {
            // What is a secret, the plan says; of one that cannot be read everything may be.
            let secrets = (try? plans.text(of: instance.plan)).flatMap { try? Plan(parsing: $0) }?.secretParameters
            let name = "instances.\(instance.id)"
            lines.append(ShownValue(name: "\(name).plan", value: instance.plan, source: instance.place))
            for (parameter, text) in instance.parameters.sorted(by: { $0.key < $1.key }) {
                let isHidden = secrets?.contains(parameter) != false
                lines.append(
                    ShownValue(
                        name: "\(name).parameters.\(parameter)",
                        value: isHidden ? Redaction.mask : Redaction.masked(text).shown(upTo: 256),
                        source: instance.place))
            }
            for (parameter, secret) in instance.secrets.sorted(by: { $0.key < $1.key }) {
                lines.append(
                    ShownValue(name: "\(name).secrets.\(parameter)", value: secret, source: instance.place))
            }
        }
        return lines
    }
}
