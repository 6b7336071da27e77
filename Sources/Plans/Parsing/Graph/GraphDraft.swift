/// Chains as written: nodes without ids, links to names that may not exist.
struct GraphDraft {
    enum Node: Hashable {
        case node(Int)
        case reference(String, SourceRange)
        /// Reported already.
        case unknown
    }

    struct End {
        var node: Node
        var pad: String?
    }

    struct Link {
        var source: End
        var target: End
        var range: SourceRange
    }

    var nodes: [DraftNode] = []
    var links: [Link] = []
    /// The last item of each chain, in the order of the text.
    var chainEnds: [Node] = [.unknown]
    /// Names defined in text that was refused.
    var refusedNames: Set<String> = []
}

/// A node before it has an id.
struct DraftNode {
    var kind: PlanNode.Kind
    var range: SourceRange
    var name: String?
    var nameRange: SourceRange?
    var properties: [PropertyAssignment] = []

    init(kind: PlanNode.Kind, range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    mutating func add(_ assignment: PropertyAssignment, limits: PlanLimits, to diagnostics: inout DiagnosticList) {
        if assignment.name == "name" {
            setName(assignment, diagnostics: &diagnostics)
            return
        }
        if case .parameter = assignment.value {
            if refuseParameter(in: assignment, diagnostics: &diagnostics) { return }
        }
        if properties.count == limits.propertiesPerNode {
            diagnostics.error(
                .limitExceeded, at: assignment.nameRange,
                "an element has at most \(limits.propertiesPerNode) properties")
        }
        guard properties.count < limits.propertiesPerNode else { return }
        if let earlier = properties.firstIndex(where: { $0.property == assignment.property }) {
            diagnostics.warning(
                .duplicateProperty, at: assignment.nameRange,
                "'\(assignment.name)' is set twice, and the last one counts")
            properties.remove(at: earlier)
        }
        properties.append(assignment)
    }

    private mutating func setName(_ assignment: PropertyAssignment, diagnostics: inout DiagnosticList) {
        guard case .literal(let text) = assignment.value else {
            diagnostics.error(
                .parameterNotAllowedHere, at: assignment.valueRange, "a name cannot come from a parameter")
            return
        }
        if name != nil {
            diagnostics.warning(
                .duplicateProperty, at: assignment.nameRange, "'name' is set twice, and the last one counts")
        }
        let isTap = kind == .tap
        guard isTap ? PlanName.isValid(text) : PlanName.isValidElementName(text) else {
            let repaired = PlanName.repaired(text)
            diagnostics.error(
                .invalidName, at: assignment.valueRange,
                "'\(text.prefix(80))' cannot name \(isTap ? "a tap" : "an element")",
                hint: repaired.map { "write name=\($0)" }
                    ?? (isTap ? PlanName.rule : "use letters, digits, '-' and '_'"))
            // The name still counts, so that its references are not reported as well.
            name = text
            return
        }
        name = text
        nameRange = assignment.valueRange
    }

    /// Properties whose text is a language of its own take literals only.
    private func refuseParameter(in assignment: PropertyAssignment, diagnostics: inout DiagnosticList) -> Bool {
        let reason: String
        if assignment.property.isChildProperty {
            reason = "a child's property takes literal text only"
        } else {
            switch assignment.property.words.last {
            case "caps": reason = "caps cannot come from a parameter"
            case "factory": reason = "an element cannot come from a parameter"
            case "string" where assignment.property == "option-string":
                reason = "'\(assignment.name)' is a language of its own and takes literal text only"
            default: return false
            }
        }
        diagnostics.error(.parameterNotAllowedHere, at: assignment.valueRange, reason)
        return true
    }
}
