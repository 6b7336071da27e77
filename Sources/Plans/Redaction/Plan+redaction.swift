extension Redaction {
    /// What a plan's text holds of secrets, whether the plan is sound or not: userinfo of addresses, and defaults of
    /// parameters with the format `secret`.
    public init(planText text: String) {
        self.init(secrets: Self.secrets(inPlan: text))
    }

    fileprivate static func secrets(inPlan text: String) -> [String] {
        var diagnostics = DiagnosticList()
        guard text.utf8.count <= PlanLimits.trusted.textBytes,
            let yaml = FrontMatter.cut(text, diagnostics: &diagnostics).yaml
        else { return Credentials.secrets(inAddress: text) }
        var reader = FrontMatterReader(yaml, firstLine: 1, limits: .trusted, diagnostics: diagnostics)
        reader.read()
        // What cannot be read may be meant to be a secret.
        let defaults =
            reader.diagnostics.hasErrors ? looseDefaults(in: yaml) : reader.result.parameters.compactMap(\.ownSecret)
        return Credentials.secrets(inAddress: text) + defaults
    }

    /// Whatever stands behind `default:`, with and without what may belong to the line's next part.
    private static func looseDefaults(in yaml: String) -> [String] {
        yaml.split(separator: "\n").lazy.filter { $0.contains("default:") }.prefix(64).flatMap { line -> [String] in
            guard let key = line.firstRange(of: "default:") else { return [] }
            let rest = line[key.upperBound...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
            return [String(rest), String(rest.prefix { !",}\"'".contains($0) })]
        }
    }

    /// Diagnostics as others may see them.
    public func apply(to diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.map { diagnostic in
            var shown = diagnostic
            shown.message = apply(to: diagnostic.message)
            shown.hint = diagnostic.hint.map(apply)
            return shown
        }
    }
}

extension Plan {
    /// Takes everything out of a text that the plan itself or the values given to it hold of secrets.
    public func redaction(values: [String: ParameterValue] = [:]) -> Redaction {
        var secrets = Redaction.secrets(inPlan: text)
        for declaration in parameters {
            guard case .string(let text)? = values[declaration.name] else { continue }
            secrets += declaration.format == .secret ? [text] : Credentials.secrets(inAddress: text)
        }
        for property in graph.nodes.flatMap(\.properties) where CredentialFields.holdsPassword(property.name) {
            if case .literal(let text) = property.value { secrets.append(text) }
        }
        return Redaction(secrets: secrets)
    }
}

extension ParameterDeclaration {
    fileprivate var ownSecret: String? {
        guard format == .secret, case .string(let text)? = `default` else { return nil }
        return text
    }

    /// The declaration as others may see it: a secret's default is masked, an empty one is not.
    public var shown: ParameterDeclaration {
        guard case .string(let text)? = `default`, !text.isEmpty else { return self }
        var shown = self
        shown.default = .string(format == .secret ? Redaction.mask : Redaction.masked(text))
        return shown
    }
}
