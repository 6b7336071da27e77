import Foundation

/// A plan that docs/plans.md shows: a block that starts with `plan`, or with what is said of it, `plan KIND: CODE`.
public struct PlanExample: Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Runs, and nothing is said of it.
        case sound
        /// The text alone says that it cannot run.
        case refused
        /// As text from the network.
        case untrusted
        /// Without values for its parameters.
        case unbound
        /// Runs, and parsing has something to say.
        case warns
        /// Runs, and the linter has something to say.
        case lint
        /// Cannot be built.
        case built
    }

    public let kind: Kind
    /// Of the diagnostic that is shown; nil when there is none.
    public let code: String?
    public let text: String
    /// Of the block's first line in the page.
    public let line: Int

    public var description: String { "line \(line): \(kind) \(code ?? "")" }

    /// All of them, in the order of the page; none when the page cannot be read, which a test must notice.
    public static let all = examples(in: "plans.md")

    /// Those of another page of docs/.
    public static func examples(in name: String) -> [PlanExample] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/\(name)")
        return (try? String(contentsOf: page, encoding: .utf8)).map(read) ?? []
    }

    /// - Parameter page: Markdown.
    static func read(_ page: String) -> [PlanExample] {
        var examples: [PlanExample] = []
        var current: (start: Int, says: [String], text: String)?
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```"), let block = current {
                // A kind that nobody knows is none of these, and the count of examples shows it.
                if let kind = Kind(rawValue: block.says.first ?? "sound") {
                    examples.append(
                        PlanExample(kind: kind, code: block.says.dropFirst().first, text: block.text, line: block.start)
                    )
                }
                current = nil
            } else if line.hasPrefix("```plan") {
                let says = line.dropFirst("```plan".count).split(separator: ":").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                current = (index + 1, says, "")
            } else {
                current?.text += line + "\n"
            }
        }
        return examples
    }
}
