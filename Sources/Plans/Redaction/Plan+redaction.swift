extension Redaction {
    /// What a plan's text holds of secrets, whether the plan is sound or not: userinfo of addresses, passwords in
    /// properties, and defaults of parameters that are secrets.
    public init(planText text: String) {
        self.init(secrets: Self.secrets(inPlan: text))
    }

    /// A plan's text as others may see it: credentials are taken out where they stand, then as `apply(to:)` does.
    public func shownPlanText(_ text: String) -> String {
        apply(to: PlanTextCredentials(text).masked())
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

    fileprivate static func secrets(inPlan text: String) -> [String] {
        guard text.utf8.count <= PlanLimits.trusted.textBytes else { return Credentials.secrets(in: text) }
        let credentials = PlanTextCredentials(text)
        var secrets = Credentials.secrets(in: text) + credentials.secrets
        var diagnostics = DiagnosticList()
        guard let yaml = FrontMatter.cut(text, diagnostics: &diagnostics).yaml else { return secrets }
        var reader = FrontMatterReader(yaml, firstLine: 1, limits: .trusted, diagnostics: diagnostics)
        reader.read()
        // What cannot be read may be meant to be a secret.
        if reader.diagnostics.hasErrors { return secrets + looseDefaults(in: yaml) + looseChoices(in: yaml) }
        let lines = yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for declaration in reader.result.parameters
        where declaration.format == .secret || credentials.parameters.contains(declaration.name) {
            if let choices = declaration.enum {
                secrets += choices.map(\.text) + looseChoices(in: yaml)
            }
            guard let value = declaration.default else { continue }
            secrets += [value.text, value.text.trimmingPlanWhitespace]
            // As it is written, escapes and all.
            if let place = reader.result.defaultPlaces[declaration.name], place.line <= lines.count {
                secrets.append(String(lines[place.line - 1].dropFirst(place.column - 1).prefix(place.length)))
            }
        }
        return secrets
    }

    /// Whatever stands behind `enum:` in brackets, as it is written, escapes and all.
    private static func looseChoices(in yaml: String) -> [String] {
        yaml.split(separator: "enum:", omittingEmptySubsequences: false).dropFirst().prefix(64).flatMap {
            part -> [String] in
            guard part.first(where: { $0 != " " }) == "[" else { return [] }
            return part.prefix { $0 != "]" }.split { "[,\"'".contains($0) || $0.isNewline }
                .map { String($0).trimmingPlanWhitespace }
        }
    }

    /// Whatever stands behind `default:`, with and without what may belong to the line's next part.
    private static func looseDefaults(in yaml: String) -> [String] {
        // By scalars: with `\r\n` at their ends lines are not separated by the character `\n`.
        yaml.unicodeScalars.split { $0 == "\n" || $0 == "\r" }.flatMap { line in
            String(line).split(separator: "default:", omittingEmptySubsequences: false).dropFirst()
        }.prefix(64).flatMap { part -> [String] in
            let rest = part.drop { $0 == " " || $0 == "\"" || $0 == "'" }
            return [String(rest), String(rest.prefix { !",}\"'".contains($0) })]
        }
    }
}

extension Plan {
    /// Takes everything out of a text that the plan itself or the values given to it hold of secrets.
    public func redaction(values: [String: ParameterValue] = [:]) -> Redaction {
        var secrets = Redaction.secrets(inPlan: text)
        let hidden = secretParameters
        for declaration in parameters {
            guard let value = values[declaration.name] else { continue }
            if hidden.contains(declaration.name) {
                secrets.append(value.text)
            } else if case .string(let text) = value {
                secrets += Credentials.secrets(in: text)
            }
        }
        for property in graph.nodes.flatMap(\.properties) {
            guard let text = property.value.givenText else { continue }
            if property.property.holdsPassword {
                secrets.append(text)
            } else if property.property.namesSomethingOutside {
                secrets += Credentials.secrets(inAddress: text)
            }
        }
        return Redaction(secrets: secrets)
    }

    /// Parameters whose values are masked wherever they are shown: those of the format `secret`, and those that stand
    /// for a password of an element, whatever their declaration says.
    public var secretParameters: Set<String> {
        graph.nodes.passwordParameters.union(parameters.lazy.filter { $0.format == .secret }.map(\.name))
    }

    /// The declarations as others may see them: a secret's default is masked, an empty one is not.
    public var shownParameters: [ParameterDeclaration] {
        let hidden = secretParameters
        return parameters.map { declaration in
            var shown = declaration
            let isSecret = hidden.contains(declaration.name)
            // A form hides what is typed there.
            if isSecret, shown.type == .string, shown.format == nil { shown.format = .secret }
            // Each of its values is the password, or may be.
            shown.enum = isSecret ? nil : declaration.enum?.map(Self.masked)
            guard let value = declaration.default, !value.text.isEmpty else { return shown }
            if isSecret {
                shown.default = .string(Redaction.mask)
            } else {
                shown.default = Self.masked(value)
            }
            return shown
        }
    }

    private static func masked(_ value: ParameterValue) -> ParameterValue {
        if case .string(let text) = value { .string(Credentials.masked(text)) } else { value }
    }
}

extension [PlanNode] {
    fileprivate var passwordParameters: Set<String> {
        Set(lazy.flatMap(\.properties).filter(\.property.holdsPassword).compactMap(\.parameterName))
    }
}

extension PropertyAssignment {
    /// The value as others may see it: parameters by name, credentials masked.
    var shownValue: String {
        switch value {
        case .literal where property.holdsCredential: Redaction.mask
        case .literal(let text) where property.namesSomethingOutside:
            Credentials.masked(AddressCredentials.masked(address: text))
        case .literal(let text): Credentials.masked(text)
        case .parameter(let name), .bound(_, let name): "${\(name)}"
        }
    }
}

extension PropertyValue {
    /// Literal text or a bound value; nil for a parameter without a value.
    fileprivate var givenText: String? {
        switch self {
        case .literal(let text): text
        case .bound(let value, _): value.text
        case .parameter: nil
        }
    }
}
