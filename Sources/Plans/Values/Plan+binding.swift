extension Plan {
    /// The plan with every `${name}` replaced by a value: the one given, else the declared default.
    ///
    /// A value stays a value: whatever bytes it holds, the graph's shape is the same.
    /// - Throws: `PlanError` for unknown, missing, ill-typed and out-of-range parameters, all at once.
    public func binding(_ values: [String: ParameterValue]) throws(PlanError) -> Plan {
        var diagnostics = DiagnosticList()
        reportUnknown(values.keys, to: &diagnostics)
        var resolved: [String: ParameterValue] = [:]
        for declaration in parameters {
            let place = place(of: declaration.name)
            guard let value = values[declaration.name] ?? declaration.default else {
                diagnostics.error(
                    .missingParameter, at: place, "the parameter '\(declaration.name)' needs a value",
                    hint: "give \(declaration.name)=… or declare a default")
                continue
            }
            if let problem = declaration.problem(with: value) {
                diagnostics.error(problem.code, at: place, problem.message, hint: problem.hint)
            } else if case .string(let text) = value, text.unicodeScalars.contains(where: { $0.value == 0 }) {
                diagnostics.error(.parameterType, at: place, "'\(declaration.name)' holds a zero byte")
            } else {
                resolved[declaration.name] = declaration.converted(value)
            }
        }
        var bound = self
        for index in bound.graph.nodes.indices {
            bind(&bound.graph.nodes[index], to: resolved, &diagnostics)
        }
        if diagnostics.hasErrors { throw PlanError(diagnostics.sorted) }
        return bound
    }

    /// Values from a command line, `name=text`, as the declarations want them.
    ///
    /// - Throws: `PlanError` for every name that is not declared and every text of another type.
    public func values(parsing texts: [String: String]) throws(PlanError) -> [String: ParameterValue] {
        var diagnostics = DiagnosticList()
        reportUnknown(texts.keys, to: &diagnostics)
        var values: [String: ParameterValue] = [:]
        for declaration in parameters {
            guard let text = texts[declaration.name] else { continue }
            guard let value = ParameterValue(parsing: text, as: declaration) else {
                diagnostics.error(
                    .parameterType, at: place(of: declaration.name),
                    "'\(declaration.name)' is \(declaration.type.phrase), found \(ParameterValue.string(text).shown)")
                continue
            }
            values[declaration.name] = value
        }
        if diagnostics.hasErrors { throw PlanError(diagnostics.sorted) }
        return values
    }

    private func reportUnknown(_ names: some Sequence<String>, to diagnostics: inout DiagnosticList) {
        let known = parameters.map(\.name)
        for name in names.sorted() where !known.contains(name) {
            diagnostics.error(
                .unknownParameter, at: SourceRange(line: 1, column: 1, length: 1),
                "the plan has no parameter '\(name.prefix(80))'",
                hint: NearestName.hint(for: name, in: known)
                    ?? (known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"))
        }
    }

    private func bind(
        _ node: inout PlanNode, to values: [String: ParameterValue], _ diagnostics: inout DiagnosticList
    ) {
        for index in node.properties.indices {
            guard case .parameter(let name) = node.properties[index].value, let value = values[name] else { continue }
            node.properties[index].value = .bound(value, parameter: name)
            if node.kind == .tap, let option = TapOption(rawValue: node.properties[index].name),
                let problem = option.problem(with: value.text)
            {
                diagnostics.error(
                    .optionRange, at: node.properties[index].valueRange, "\(problem), found \(shown(value, of: name))")
            }
        }
        guard case .caps(var structures) = node.kind else { return }
        for structure in structures.indices {
            for index in structures[structure].fields.indices {
                let field = structures[structure].fields[index]
                guard case .parameter(let name) = field.value, let value = values[name] else { continue }
                structures[structure].fields[index].value = .bound(value, parameter: name)
                if let known = CapsParameterField(rawValue: field.name), !known.accepts(value) {
                    diagnostics.error(
                        .parameterRange, at: field.valueRange,
                        "'\(field.name)' is \(known.expectation), found \(shown(value, of: name))")
                }
            }
        }
        node.kind = .caps(structures)
    }

    /// A value as a message may show it.
    private func shown(_ value: ParameterValue, of parameter: String) -> String {
        parameters.first { $0.name == parameter }?.format == .secret ? "the value given" : value.shown
    }
}
