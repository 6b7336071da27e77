import Yams

/// Reads front matter; every problem with its line in the whole plan.
struct FrontMatterReader {
    private let yaml: String
    private let places: YAMLPlaces
    private let limits: PlanLimits
    private(set) var diagnostics: DiagnosticList
    private(set) var result = FrontMatter()

    init(_ yaml: String, firstLine: Int, limits: PlanLimits, diagnostics: DiagnosticList) {
        self.yaml = yaml
        self.limits = limits
        places = YAMLPlaces(yaml, firstLine: firstLine)
        self.diagnostics = diagnostics
        result.exists = true
    }

    mutating func read() {
        guard isHarmless(), let root = compose() else { return }
        if root.scalar?.string.isEmpty == true { return }
        guard let mapping = root.mapping else {
            error(at: places.place(of: root), "expected 'title:' and 'parameters:' in the front matter")
            return
        }
        for (key, value) in mapping {
            switch key.scalar?.string {
            case "title": title(value)
            case "live": live(value)
            case "stall": stall(value)
            case "capture": capture(value)
            case "parameters": parameters(value)
            default:
                let name = key.scalar?.string ?? ""
                error(
                    at: places.place(of: key), "the front matter has no key '\(name.prefix(60))'",
                    hint: NearestName.hint(for: name, in: ["title", "parameters", "live", "stall", "capture"])
                        ?? "it holds 'title', 'parameters', 'live', 'stall' and 'capture'")
            }
        }
    }

    private mutating func error(
        _ code: Diagnostic.Code = .frontMatter, at range: SourceRange, _ message: String, hint: String? = nil
    ) {
        diagnostics.error(code, at: range, message, hint: hint)
    }

    private mutating func title(_ node: Node) {
        guard let title = node.scalar?.string, !title.isEmpty else {
            error(at: places.place(of: node), "expected a text as title")
            return
        }
        result.title = title
    }

    private mutating func live(_ node: Node) {
        switch node.scalar?.string {
        case "true": result.isLive = true
        case "false": result.isLive = false
        default: error(at: places.place(of: node), "'live' is true or false")
        }
    }

    private mutating func stall(_ node: Node) {
        guard let seconds = node.scalar.flatMap({ DurationText.seconds($0.string) }) else {
            error(at: places.place(of: node), "'stall' is a time", hint: "for example stall: 30s, or 2m")
            return
        }
        guard (1...3600).contains(seconds) else {
            error(
                at: places.place(of: node), "'stall' is from 1s to 1h",
                hint: "a camera is missed after 2 s at the earliest where nothing is said")
            return
        }
        result.stall = seconds
    }

    private mutating func capture(_ node: Node) {
        switch node.scalar?.string {
        case "always": break
        case "on-demand": result.onDemand = places.place(of: node)
        default: error(at: places.place(of: node), "'capture' is always or on-demand")
        }
    }

    private mutating func parameters(_ node: Node) {
        if node.scalar?.string.isEmpty == true { return }
        guard let mapping = node.mapping else {
            error(
                at: places.place(of: node), "expected a mapping of parameters",
                hint: "parameters: {camera: {type: string}}")
            return
        }
        for (key, value) in mapping {
            let place = places.place(of: key)
            let name = key.scalar?.string ?? ""
            guard PlanName.isValid(name) else {
                error(
                    .invalidName, at: place, "'\(name.prefix(60))' cannot name a parameter",
                    hint: PlanName.repaired(name).map { "write \($0)" } ?? PlanName.rule)
                result.refusedNames.insert(name)
                continue
            }
            result.places[name] = place
            var reader = DeclarationReader(places: places, limits: limits, diagnostics: diagnostics)
            let declaration = reader.read(value, of: name, at: place)
            diagnostics = reader.diagnostics
            if let declaration {
                result.parameters.append(declaration)
                result.defaultPlaces[name] = reader.defaultPlace
            } else {
                result.refusedNames.insert(name)
            }
        }
    }

    /// Anchors and deep nesting are what makes YAML dangerous, and front matter needs neither.
    private mutating func isHarmless() -> Bool {
        let start = SourceRange(line: places.firstLine, column: 1, length: 1)
        if yaml.utf8.count > FrontMatter.byteLimit {
            error(.limitExceeded, at: start, "front matter has at most \(FrontMatter.byteLimit) bytes")
            return false
        }
        var brackets = 0
        for (index, line) in places.lines.enumerated() {
            var previous: Unicode.Scalar = " "
            var column = 1
            var indentation = 0
            var isIndentation = true
            for scalar in line {
                let place = SourceRange(line: places.firstLine + index, column: column, length: 1)
                if scalar == "[" || scalar == "{" { brackets += 1 }
                if isIndentation, scalar == " " || scalar == "-" || scalar == "?" || scalar == "\t" {
                    indentation += 1
                } else {
                    isIndentation = false
                }
                if brackets > 500 || indentation > 64 {
                    error(.limitExceeded, at: place, "the front matter is nested too deep")
                    return false
                }
                if previous == "&", !scalar.isPlanWhitespace {
                    error(
                        at: SourceRange(line: place.line, column: column - 1, length: 1),
                        "anchors ('&\(scalar)…') are not supported in front matter", hint: "write '&' alone, or 'and'")
                    return false
                }
                previous =
                    scalar == "&" && !(previous.isPlanWhitespace || "[{,:-".unicodeScalars.contains(previous))
                    ? "x" : scalar
                column += 1
            }
        }
        return true
    }

    private mutating func compose() -> Node? {
        do {
            // Types come from the declarations, so YAML's own guess at them is not asked for.
            return try Yams.compose(yaml: yaml, .basic)
        } catch let problem as YamlError {
            report(problem)
        } catch {
            self.error(at: SourceRange(line: places.firstLine, column: 1, length: 1), "the front matter is not YAML")
        }
        return nil
    }

    private mutating func report(_ problem: YamlError) {
        switch problem {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let place = SourceRange(line: places.firstLine + mark.line - 1, column: max(mark.column, 1), length: 1)
            error(at: place, "the front matter is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let place = SourceRange(
                line: places.firstLine + context.mark.line - 1, column: max(context.mark.column, 1), length: 1)
            let names = duplicates.map { "'\(String(describing: $0))'" }.joined(separator: ", ")
            error(at: place, "a key stands twice: \(names)")
        default:
            error(at: SourceRange(line: places.firstLine, column: 1, length: 1), "the front matter is not YAML")
        }
    }
}
