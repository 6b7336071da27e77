import TestSupport
import Testing

/// Launch lines as they stand in documentation, forums and shell histories.
@Suite("Launch lines from real life")
struct CorpusTests {
    @Test("Each means what gst-launch makes of it", arguments: LaunchLine.corpus)
    func graph(_ line: LaunchLine) throws {
        let edges = line.graph.split(separator: "; ").flatMap { row in
            let nodes = row.split(separator: " > ")
            return zip(nodes, nodes.dropFirst()).map { "\($0) > \($1)" }
        }
        let found = try outline(line.text)
        #expect(found.filter { $0.contains(" > ") } == edges)
        // Nothing hangs alone, and a line for a screen or without one has exactly one tap.
        #expect(found.count { $0.contains(" @ ") } <= 1)
        #expect(!line.graph.contains("preview") || found.contains { $0.hasPrefix("preview @ ") })
    }
}
