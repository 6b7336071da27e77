/// Holds a parsed plan to what text from the network may be.
struct PolicyCheck {
    let plan: Plan
    let stages: Set<String>
    let addresses: AddressPolicy
    var diagnostics = DiagnosticList()

    mutating func run() {
        characters()
        for node in plan.graph.nodes {
            switch node.kind {
            // Its options are checked wherever it comes from.
            case .tap: secrets(in: node.properties, except: [])
            case .caps(let structures): structures.forEach { caps($0) }
            case .named(let name, let gstreamerOnly):
                if !gstreamerOnly, stages.contains(name) {
                    stage(node, name)
                } else {
                    element(node, name)
                }
            }
        }
        for declaration in plan.parameters where declaration.pattern != nil {
            diagnostics.error(
                .patternNotAllowed, at: plan.place(of: declaration.name),
                "the pattern of '\(declaration.name)' is not allowed in plan text from the network",
                hint: "rule parameters.pattern: list the values with enum")
        }
    }

    private mutating func characters() {
        var line = 1
        var column = 1
        for scalar in plan.text.unicodeScalars {
            if scalar.isDeceptive {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                diagnostics.error(
                    .deceptiveCharacter, at: SourceRange(line: line, column: column, length: 1),
                    "the invisible character U+\(hex) can make text look like other text",
                    hint: "rule text.characters: leave it out")
            }
            column += 1
            if scalar == "\n" {
                line += 1
                column = 1
            }
        }
    }

    private mutating func element(_ node: PlanNode, _ name: String) {
        guard let table = ElementTable.elements[name] else {
            diagnostics.error(
                .elementNotAllowed, at: node.range, "'\(name)' is not allowed in plan text from the network",
                hint: Self.hint(forElement: name, stages: stages))
            return
        }
        for property in node.properties {
            guard let rule = table[property.property] else {
                diagnostics.error(
                    .propertyNotAllowed, at: property.nameRange,
                    "'\(property.name)' of \(name) is not allowed in plan text from the network",
                    hint: Self.hint(forProperty: property.property, of: name, table))
                continue
            }
            guard let text = text(of: property.value), !rule.admits(text, addresses: addresses) else { continue }
            diagnostics.error(
                .valueNotAllowed, at: property.valueRange,
                "'\(property.name)' of \(name) cannot be \(shown(property, text))",
                hint: "rule \(name).\(property.property): \(rule.phrase)")
        }
        secrets(in: node.properties, except: name == "rtspsrc" ? ["user-id", "user-pw"] : [])
        if name == "queue" { bounded(node) }
    }

    /// A queue without any limit holds what a camera sends until memory ends.
    private mutating func bounded(_ node: PlanNode) {
        let sizes = node.properties.filter { $0.property.text.hasPrefix("max-size-") }
        let isOpen = sizes.count == 3 && sizes.allSatisfy { text(of: $0.value).flatMap(NumberText.integer) == 0 }
        guard isOpen, let last = sizes.last else { return }
        diagnostics.error(
            .valueNotAllowed, at: last.valueRange, "a queue needs a limit, and all three are 0",
            hint: "rule queue.max-size: set max-size-buffers, max-size-bytes or max-size-time")
    }

    private mutating func stage(_ node: PlanNode, _ name: String) {
        for property in node.properties where property.property.namesSomethingOutside {
            diagnostics.error(
                .propertyNotAllowed, at: property.nameRange,
                "'\(property.name)' of \(name) is not allowed in plan text from the network",
                hint: "rule stages.options: nothing that names a file, a device or an address")
        }
        secrets(in: node.properties, except: [])
    }

    private mutating func caps(_ structure: CapsStructure) {
        guard let fields = CapsPolicy.structures[structure.mediaType] else {
            diagnostics.error(
                .valueNotAllowed, at: structure.range,
                "caps of '\(structure.mediaType)' are not allowed in plan text from the network",
                hint: "rule caps.type: one of \(CapsPolicy.structures.keys.sorted().joined(separator: ", "))")
            return
        }
        if let feature = structure.features.first(where: { $0 != "memory:SystemMemory" }) {
            diagnostics.error(
                .valueNotAllowed, at: structure.range,
                "the caps feature '\(feature)' is not allowed in plan text from the network",
                hint: "rule caps.features: none, or memory:SystemMemory")
        }
        for field in structure.fields {
            guard let rule = fields[field.name] else {
                diagnostics.error(
                    .propertyNotAllowed, at: field.nameRange,
                    "'\(field.name)' of \(structure.mediaType) is not allowed in plan text from the network",
                    hint: NearestName.hint(for: field.name, in: fields.keys)
                        ?? "rule caps.\(structure.mediaType): one of \(fields.keys.sorted().joined(separator: ", "))")
                continue
            }
            guard let text = text(of: field), !CapsPolicy.admits(text, rule) else { continue }
            diagnostics.error(
                .valueNotAllowed, at: field.valueRange,
                "'\(field.name)' cannot be \(shown(field, text))",
                hint: "rule caps.\(field.name): \(rule.phrase)")
        }
        secrets(in: structure.fields, except: [])
    }

    /// A secret may go to a camera and nowhere else: in a picture everybody could read it.
    private mutating func secrets(in properties: [PropertyAssignment], except allowed: Set<PropertyName>) {
        for property in properties where !allowed.contains(property.property) {
            guard let name = property.parameterName, declaration(of: name)?.format == .secret else { continue }
            diagnostics.error(
                .parameterNotAllowedHere, at: property.valueRange,
                "the secret '\(name)' cannot stand for '\(property.name)' in plan text from the network",
                hint: "rule parameters.secret: a secret stands for user-id or user-pw of rtspsrc")
        }
    }

    private func declaration(of parameter: String) -> ParameterDeclaration? {
        plan.parameters.first { $0.name == parameter }
    }

    /// A parameter that is not bound yet counts with its default, which comes from the same author.
    private func text(of value: PropertyValue) -> String? {
        switch value {
        case .literal(let text): text
        case .bound(let value, _): value.text
        case .parameter(let name): declaration(of: name)?.default?.text
        }
    }

    private func text(of field: PropertyAssignment) -> String? {
        guard case .literal(let text) = field.value else {
            var value: ParameterValue?
            if case .bound(let bound, _) = field.value { value = bound }
            if case .parameter(let name) = field.value { value = declaration(of: name)?.default }
            return value.map { CapsParameterField(rawValue: field.name)?.text($0) ?? $0.text }
        }
        return text
    }

    private func shown(_ property: PropertyAssignment, _ text: String) -> String {
        let isSecret = property.parameterName.flatMap { declaration(of: $0) }?.format == .secret
        return isSecret || property.property.holdsCredential ? "the text given" : ParameterValue.string(text).shown
    }

    private static func hint(forElement name: String, stages: Set<String>) -> String {
        if AutomaticElements.names.contains(name) {
            return "rule elements: it picks elements by what the camera sends; "
                + "write for example rtph264depay ! h264parse ! avdec_h264"
        }
        if name == "capsfilter" { return "rule elements: write the caps themselves between two '!'" }
        if let near = NearestName.hint(for: name, in: ElementTable.elements.keys.sorted() + stages.sorted()) {
            return "rule elements: \(near)"
        }
        return "rule elements: only a plan of the plans directory may use it"
    }

    private static func hint(forProperty property: PropertyName, of element: String, _ table: ElementTable.Properties)
        -> String
    {
        let known = table.keys.map(\.text)
        if let near = NearestName.hint(for: property.text, in: known) { return "rule \(element): \(near)" }
        guard !table.isEmpty else { return "rule \(element): none of its properties" }
        return "rule \(element): one of \(known.sorted().joined(separator: ", "))"
    }
}
