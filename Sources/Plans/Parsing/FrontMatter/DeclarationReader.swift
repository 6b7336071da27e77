import Yams

/// Reads the declarations of parameters in front matter.
struct DeclarationReader {
    private let places: YAMLPlaces
    private let limits: PlanLimits
    private(set) var diagnostics: DiagnosticList
    /// Where the default of the declaration stands that was read last.
    private(set) var defaultPlace: SourceRange?

    private static let keys = [
        "type", "format", "schemes", "default", "minimum", "maximum", "enum", "pattern", "description", "secret",
    ]

    init(places: YAMLPlaces, limits: PlanLimits, diagnostics: DiagnosticList) {
        self.places = places
        self.limits = limits
        self.diagnostics = diagnostics
    }

    /// One parameter; nil when it is too broken to say anything about its values.
    mutating func read(_ node: Node, of name: String, at namePlace: SourceRange) -> ParameterDeclaration? {
        guard let mapping = node.mapping else {
            error(
                at: namePlace, "expected a declaration of the parameter '\(name)'", hint: "\(name): {type: string}")
            return nil
        }
        let before = diagnostics.errorCount
        guard let type = type(in: mapping, of: name, at: namePlace) else { return nil }
        var result = ParameterDeclaration(name: name, type: type)
        defaultPlace = nil
        for (key, value) in mapping {
            switch key.scalar?.string {
            case "type": break
            case "format": format(value, into: &result)
            case "schemes": schemes(value, into: &result)
            case "default":
                defaultPlace = places.place(of: value)
                result.default = typed(value, type, key: "default")
            case "minimum": result.minimum = bound(value, type, key: "minimum")
            case "maximum": result.maximum = bound(value, type, key: "maximum")
            case "enum": choices(value, into: &result)
            case "pattern": pattern(value, into: &result)
            case "secret": secret(value, into: &result)
            case "description":
                result.description = value.scalar?.string
                if value.scalar == nil { error(at: places.place(of: value), "expected a text as description") }
            default:
                let word = key.scalar?.string ?? ""
                error(
                    at: places.place(of: key), "a parameter has no key '\(word.prefix(60))'",
                    hint: NearestName.hint(for: word, in: Self.keys) ?? "it has \(Self.keys.joined(separator: ", "))")
            }
        }
        if result.schemes != nil, result.format != .uri {
            error(
                at: namePlace, "only an address has schemes",
                hint: "\(name): {type: string, format: uri, schemes: [http]}")
        }
        if result.secret != nil, result.format != .secret || result.default != nil {
            error(
                at: namePlace,
                result.format == .secret
                    ? "'\(name)' has a default and a secret" : "a stored secret takes the format secret",
                hint: "\(name): {type: string, format: secret, secret: NAME}")
        }
        if let minimum = result.minimum, let maximum = result.maximum, minimum > maximum {
            error(at: namePlace, "the minimum of '\(name)' is above its maximum")
        }
        if diagnostics.errorCount == before, let value = result.default, let problem = result.problem(with: value) {
            error(problem.code, at: defaultPlace ?? namePlace, "the default of \(problem.message)", hint: problem.hint)
        }
        return result
    }

    private mutating func type(
        in mapping: Node.Mapping, of name: String, at namePlace: SourceRange
    ) -> ParameterDeclaration.ValueType? {
        let known = ParameterDeclaration.ValueType.allCases.map(\.rawValue)
        guard let node = mapping["type"] else {
            error(
                at: namePlace, "expected the type of the parameter '\(name)'",
                hint: "type: \(known.joined(separator: ", ")) or \(known.last ?? "")".replacing(
                    ", boolean or boolean", with: " or boolean"))
            return nil
        }
        let word = node.scalar?.string ?? ""
        guard let type = ParameterDeclaration.ValueType(rawValue: word) else {
            let usual = ["int": "integer", "bool": "boolean", "str": "string", "float": "number", "double": "number"]
            error(
                at: places.place(of: node), "'\(word.prefix(60))' is no type",
                hint: usual[word].map { "write \($0)" } ?? NearestName.hint(for: word, in: known)
                    ?? "types are string, integer, number and boolean")
            return nil
        }
        return type
    }

    private mutating func format(_ node: Node, into declaration: inout ParameterDeclaration) {
        let word = node.scalar?.string ?? ""
        let known = ParameterDeclaration.Format.allCases.map(\.rawValue)
        guard let format = ParameterDeclaration.Format(rawValue: word) else {
            error(
                at: places.place(of: node), "'\(word.prefix(60))' is no format",
                hint: NearestName.hint(for: word, in: known) ?? "formats are uri, device, path and secret")
            return
        }
        guard declaration.type == .string else {
            error(at: places.place(of: node), "only a string has a format")
            return
        }
        declaration.format = format
    }

    private mutating func schemes(_ node: Node, into declaration: inout ParameterDeclaration) {
        let words = node.sequence?.map { $0.scalar?.string ?? "" } ?? [node.scalar?.string ?? ""]
        let known = AddressRule.schemes
        guard let wrong = words.isEmpty ? "" : words.first(where: { !known.contains($0) }) else {
            declaration.schemes = words
            return
        }
        error(
            at: places.place(of: node), "'\(wrong.prefix(60))' is no scheme of a camera's address",
            hint: NearestName.hint(for: wrong, in: known) ?? "schemes are \(known.joined(separator: ", "))")
    }

    private mutating func typed(
        _ node: Node, _ type: ParameterDeclaration.ValueType, key: String
    ) -> ParameterValue? {
        guard let scalar = node.scalar, let value = YAMLScalar(scalar).value(as: type) else {
            let shown = node.scalar.map { " '\(Credentials.masked(String($0.string.prefix(60))))'" } ?? ""
            error(
                .parameterType, at: places.place(of: node),
                "expected \(type.phrase) as \(key), found\(shown.isEmpty ? " a list or a mapping" : shown)",
                hint: type == .string && node.scalar != nil ? "put it in quotes" : nil)
            return nil
        }
        return value
    }

    private mutating func bound(_ node: Node, _ type: ParameterDeclaration.ValueType, key: String) -> Double? {
        guard type == .integer || type == .number else {
            error(at: places.place(of: node), "only an integer or a number has a \(key)")
            return nil
        }
        switch typed(node, .number, key: key) {
        case .number(let value): return value
        default: return nil
        }
    }

    private mutating func choices(_ node: Node, into declaration: inout ParameterDeclaration) {
        guard let sequence = node.sequence, !sequence.isEmpty else {
            error(at: places.place(of: node), "expected a list as enum", hint: "enum: [low, high]")
            return
        }
        guard sequence.count <= 256 else {
            error(.limitExceeded, at: places.place(of: node), "an enum has at most 256 values")
            return
        }
        let type = declaration.type
        declaration.enum = sequence.compactMap { typed($0, type, key: "a value of enum") }
    }

    private mutating func pattern(_ node: Node, into declaration: inout ParameterDeclaration) {
        guard declaration.type == .string else {
            error(at: places.place(of: node), "only a string has a pattern")
            return
        }
        // Before it is compiled: both that and matching can take longer than anybody waits.
        guard
            isTrusted(
                .patternNotAllowed, at: node, "a pattern is not allowed in plan text from the network",
                hint: "rule parameters.pattern: list the values with enum")
        else { return }
        let text = node.scalar?.string ?? ""
        do throws(Pattern.Problem) {
            _ = try Pattern(text)
            declaration.pattern = text
        } catch {
            self.error(at: places.place(of: node), "the pattern is no regular expression: \(error.message)")
        }
    }

    private mutating func secret(_ node: Node, into declaration: inout ParameterDeclaration) {
        guard
            isTrusted(
                .secretNotAllowed, at: node, "plan text from the network cannot use the operator's secrets",
                hint: "rule parameters.secret: give the value itself, or use a plan of the plans directory")
        else { return }
        let name = node.scalar?.string ?? ""
        guard PlanName.isValid(name) else {
            error(
                .invalidName, at: places.place(of: node), "'\(name.prefix(60))' cannot name a secret",
                hint: PlanName.repaired(name).map { "write \($0)" } ?? PlanName.rule)
            return
        }
        declaration.secret = name
    }

    /// Whether the text may have what only the operator's own plans may; reports it where not.
    private mutating func isTrusted(_ code: Diagnostic.Code, at node: Node, _ message: String, hint: String) -> Bool {
        if !limits.isTrusted { error(code, at: places.place(of: node), message, hint: hint) }
        return limits.isTrusted
    }

    private mutating func error(
        _ code: Diagnostic.Code = .frontMatter, at range: SourceRange, _ message: String, hint: String? = nil
    ) {
        diagnostics.error(code, at: range, message, hint: hint)
    }
}
