import Yams

/// Finds where the nodes of front matter stand in the whole plan.
struct YAMLPlaces {
    /// The plan's line that the YAML begins with.
    let firstLine: Int
    let lines: [Substring.UnicodeScalarView]

    init(_ yaml: String, firstLine: Int) {
        self.firstLine = firstLine
        lines = yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            Substring($0).unicodeScalars
        }
    }

    /// A node's place in the whole plan.
    func place(of node: Node) -> SourceRange {
        guard let mark = node.mark, mark.line >= 1, mark.column >= 1 else {
            return SourceRange(line: firstLine, column: 1, length: 1)
        }
        var length = 1
        if let scalar = node.scalar, mark.line <= lines.count {
            let rest = Array(lines[mark.line - 1].dropFirst(mark.column - 1).prefix(1024))
            length = Self.scalarLength(scalar, in: rest)
        }
        return SourceRange(line: firstLine + mark.line - 1, column: mark.column, length: max(length, 1))
    }

    private static func scalarLength(_ scalar: Node.Scalar, in rest: [Unicode.Scalar]) -> Int {
        switch scalar.style {
        case .singleQuoted, .doubleQuoted:
            guard let quote = rest.first else { return 1 }
            var position = 1
            while position < rest.count {
                if quote == "\"", rest[position] == "\\" {
                    position += 2
                } else if rest[position] != quote {
                    position += 1
                } else if quote == "'", position + 1 < rest.count, rest[position + 1] == quote {
                    position += 2
                } else {
                    break
                }
            }
            return min(position + 1, rest.count)
        case .literal, .folded: return 1
        default: return min(scalar.string.unicodeScalars.count, rest.count)
        }
    }
}
