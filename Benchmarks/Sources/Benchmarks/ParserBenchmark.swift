import Foundation
import Plans

/// The plan parser: linear in the text, and quick to refuse what is no plan.
enum ParserBenchmark {
    static func run() throws {
        Table.section("plan parser", "a text", "an element", "asked")
        for count in [1, 10, 40, 100, 1000] {
            let text = plan(elements: count)
            let result = try Comparison(
                roundTime: 10_000_000,
                ours: { times in
                    try ProcessorTime.thread(times) { _ = try Plan(parsing: text) }
                })
            Table.row(
                "\(count) elements, \(text.utf8.count) bytes", Table.time(result.ours),
                Table.time(result.ours / Double(count)),
                Table.verdict(result.ours, atMost: count == 40 ? 1_000_000 : nil, "< 1 ms"))
        }
        for (name, piece) in garbage {
            let text = String(String(repeating: piece, count: (1 << 20) / piece.utf8.count))
            let result = try Comparison(
                rounds: 5, roundTime: 10_000_000,
                ours: { times in
                    ProcessorTime.thread(times) { _ = try? Plan(parsing: text) }
                })
            Table.row(
                "1 MiB of \(name)", Table.time(result.ours), "",
                Table.verdict(result.ours, atMost: 50_000_000, "< 50 ms"))
        }
    }

    static func plan(elements: Int) -> String {
        var text = "videotestsrc name=source"
        for number in 1..<max(elements, 1) { text += " ! identity name=e\(number) silent=true" }
        return text + "\n"
    }

    static let garbage = [
        ("x", "x"), ("blanks", " "), ("new lines", "\n"), ("exclamation marks", "! "), ("quotes", "\""),
        ("elements", "a ! "), ("properties", "a=b "), ("names", "a. "), ("commas", "video/x-raw,"), ("dollars", "${a}"),
        ("zeros", "\0"), ("brackets", "( [ { "), ("é", "é"), ("front matter", "---\n"), ("comments", "# a\n"),
        ("backslashes", "\\"),
    ]
}
