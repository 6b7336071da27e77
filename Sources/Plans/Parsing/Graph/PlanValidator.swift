/// What a whole plan must obey besides its grammar: limits, a tap's options, declared and used parameters.
struct PlanValidator {
    private let graph: PlanGraph
    private let frontMatter: FrontMatter
    private let limits: PlanLimits
    private(set) var diagnostics: DiagnosticList
    private var declarations: [String: ParameterDeclaration] = [:]
    private var used: Set<String> = []

    init(_ graph: PlanGraph, frontMatter: FrontMatter, limits: PlanLimits, diagnostics: DiagnosticList) {
        self.graph = graph
        self.frontMatter = frontMatter
        self.limits = limits
        self.diagnostics = diagnostics
        for declaration in frontMatter.parameters { declarations[declaration.name] = declaration }
    }

    /// - Parameter taps: all that the plan will have, display sinks that become taps among them.
    mutating func validate(taps: [PlanNode]) {
        if taps.count > limits.taps {
            diagnostics.error(
                .limitExceeded, at: taps[limits.taps].range, "a plan has at most \(limits.taps) taps")
        }
        var tees = 0
        for node in graph.nodes {
            switch node.kind {
            case .tap:
                for property in node.properties { tapOption(property) }
            case .named(let name, _):
                if name == "tee" { tees += 1 }
                if name == "tee", tees == limits.tees + 1 {
                    diagnostics.error(.limitExceeded, at: node.range, "a plan has at most \(limits.tees) tees")
                }
                for property in node.properties { use(property, as: nil) }
            case .caps(let structures):
                for field in structures.flatMap(\.fields) {
                    use(field, as: CapsParameterField(rawValue: field.name)?.types)
                }
            }
        }
        // Next to errors it would only be noise: most of the time it is the same slip seen from the other side.
        guard !diagnostics.hasErrors else { return }
        for declaration in frontMatter.parameters where !used.contains(declaration.name) {
            guard let place = frontMatter.places[declaration.name] else { continue }
            diagnostics.warning(
                .unusedParameter, at: place, "the parameter '\(declaration.name)' is never used",
                hint: "write ${\(declaration.name)} where its value belongs")
        }
    }

    private mutating func tapOption(_ property: PropertyAssignment) {
        guard let option = TapOption(rawValue: property.name) else {
            let known = TapOption.allCases.map(\.rawValue) + ["name"]
            diagnostics.error(
                .unknownOption, at: property.nameRange, "a streamtap has no option '\(property.name)'",
                hint: NearestName.hint(for: property.name, in: known) ?? "it has \(known.joined(separator: ", "))")
            use(property, as: nil)
            return
        }
        if case .literal(let text) = property.value, let problem = option.problem(with: text) {
            let isNumber = NumberText.number(text) != nil
            diagnostics.error(
                isNumber ? .optionRange : .optionType, at: property.valueRange,
                "\(problem), found \(ParameterValue.string(text).shown)")
        }
        use(property, as: option.types)
    }

    private mutating func use(_ property: PropertyAssignment, as types: Set<ParameterDeclaration.ValueType>?) {
        guard case .parameter(let name) = property.value else { return }
        used.insert(name)
        if let declaration = declarations[name] {
            guard let types, !types.contains(declaration.type) else { return }
            diagnostics.error(
                .parameterType, at: property.valueRange,
                "'\(property.name)' needs \(types.map(\.phrase).sorted().joined(separator: " or ")), "
                    + "and the parameter '\(name)' is \(declaration.type.phrase)")
        } else if !frontMatter.refusedNames.contains(name), !(frontMatter.isBroken && declarations.isEmpty) {
            let type = types?.sorted { $0.rawValue < $1.rawValue }.first ?? .string
            let addition = "\(name): {type: \(type.rawValue)}"
            diagnostics.error(
                .unknownParameter, at: property.valueRange, "the parameter '\(name)' is not declared",
                hint: NearestName.hint(for: name, in: declarations.keys)
                    ?? (frontMatter.exists
                        ? "add to the front matter's parameters: \(addition)"
                        : "begin the plan with the lines '---', 'parameters:', '  \(addition)', '---'"))
        }
    }
}
