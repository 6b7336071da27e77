/// What stands between the two `---` lines.
struct FrontMatter {
    /// How much is read: far beyond any description, far below what could cost time.
    static let byteLimit = 64 << 10

    var title: String?
    /// Whether sources give pictures as they are captured; nil: they say so themselves.
    var isLive: Bool?
    /// How long a live source may be silent, seconds; nil: how its pictures come says that.
    var stall: Double?
    /// Sources are left alone while nobody looks, and where that is said.
    var onDemand: SourceRange?
    var parameters: [ParameterDeclaration] = []
    /// Where each parameter's name stands.
    var places: [String: SourceRange] = [:]
    /// Where each parameter's default stands.
    var defaultPlaces: [String: SourceRange] = [:]
    /// Declarations that were reported; their uses are not reported again.
    var refusedNames: Set<String> = []
    /// Whether the plan has any.
    var exists = false
    /// Whether something in it was reported; a parameter that seems undeclared may stand there.
    var isBroken = false

    /// A plan's text, cut where its front matter ends.
    struct Cut {
        /// Between the two lines; nil when there is no front matter.
        var yaml: String?
        var yamlFirstLine = 1
        /// The plan itself.
        var body: [Unicode.Scalar]
        var bodyFirstLine = 1
    }

    /// Finds the front matter: the first line that is not blank is `---`.
    static func cut(_ text: String, diagnostics: inout DiagnosticList) -> Cut {
        let scalars = Array(text.unicodeScalars)
        var start = 0
        var line = 1
        while start < scalars.count, scalars[start].isPlanWhitespace || scalars[start] == "\u{FEFF}" {
            if scalars[start] == "\n" { line += 1 }
            start += 1
        }
        guard let opening = rule(at: start, in: scalars) else { return Cut(body: scalars) }
        let openingLine = line
        var position = opening
        line += 1
        let yamlFirstLine = line
        while position < scalars.count {
            if let next = rule(at: position, in: scalars) {
                var yaml = String.UnicodeScalarView()
                yaml.append(contentsOf: scalars[opening..<position])
                return Cut(
                    yaml: String(yaml), yamlFirstLine: yamlFirstLine, body: Array(scalars[next...]),
                    bodyFirstLine: line + 1)
            }
            while position < scalars.count, scalars[position] != "\n" { position += 1 }
            position += 1
            line += 1
        }
        diagnostics.error(
            .frontMatter, at: SourceRange(line: openingLine, column: 1, length: 3), "the front matter is not closed",
            hint: "end it with a line '---'")
        return Cut(body: [])
    }

    /// The position after a line that is `---` and nothing else.
    private static func rule(at start: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard start + 3 <= scalars.count, scalars[start..<(start + 3)].allSatisfy({ $0 == "-" }) else { return nil }
        var position = start + 3
        while position < scalars.count, scalars[position] != "\n" {
            guard scalars[position].isPlanWhitespace else { return nil }
            position += 1
        }
        return min(position + 1, scalars.count)
    }
}
