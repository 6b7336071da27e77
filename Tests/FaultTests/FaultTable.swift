import Foundation
import TestSupport

/// What became of each fault, as a table for people: `.build/faults.md`, and docs/faults.md where that is to be written.
actor FaultTable {
    struct Row: Sendable, Codable {
        /// Of the forty: `5`, `13b`.
        var number: String
        var injected: String
        var seen = ""
        var over = ""
        var outcome = ""
    }

    static let shared = FaultTable()

    /// Of a run in several parts, those of the earlier ones as well: `make` begins anew.
    private var rows: [String: Row]

    private init() {
        let kept = try? Data(contentsOf: Self.build.appending(path: "faults.json"))
        rows = kept.flatMap { try? JSONDecoder().decode([String: Row].self, from: $0) } ?? [:]
    }

    func add(_ row: Row) throws {
        rows[row.number] = row
        try write()
    }

    /// Says more of how it came out.
    func note(_ number: String, _ words: String) throws {
        rows[number]?.outcome += "; \(words)"
        try write()
    }

    private func write() throws {
        try JSONEncoder().encode(rows).write(to: Self.build.appending(path: "faults.json"), options: .atomic)
        let text = text
        try text.write(to: Self.build.appending(path: "faults.md"), atomically: true, encoding: .utf8)
        if ProcessInfo.processInfo.environment["STREAMTAP_WRITE_DOCS"] != nil {
            try text.write(
                to: StreamTapProcess.repository.appending(path: "docs/faults.md"), atomically: true, encoding: .utf8)
        }
    }

    private var text: String {
        let all = (Array(rows.values) + ShownElsewhere.rows.filter { rows[$0.number] == nil }).sorted {
            $0.number.compare($1.number, options: .numeric) == .orderedAscending
        }
        var text = Self.head
        for row in all {
            let cells = [row.number, row.injected, row.seen, row.over, row.outcome]
            text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return text
    }

    private static var head: String {
        let command = Form.isLong ? "make test-faults" : "make test"
        let day = Date().formatted(.iso8601.year().month().day())
        return """
            # Faults

            What was done to cameras, networks, workers and the machine, when that was noticed and when it was over. Made by
            `STREAMTAP_WRITE_DOCS=1 \(command)` on \(day), on \(machine). Many of them happen at the same time, so times are those of a busy machine; in brackets what they are to
            be on one that does nothing else. "Over" counts from when the cause was gone, and says how much of it was the wait
            between two tries. Where it names a test, that shows it. What attackers do to the server itself (27 to 36) is in
            [SECURITY.md](../SECURITY.md).

            | case | injected | seen after | over after | state, reason |
            |---|---|---|---|---|

            """
    }

    private static var machine: String {
        let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
            .first { $0.hasPrefix("model name") }?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        return "\(ProcessInfo.processInfo.processorCount) cores (\(processor ?? "unknown"), Linux)"
    }

    static let build: URL = {
        let folder = StreamTapProcess.repository.appending(path: ".build")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }()
}

extension Double {
    /// `2.31 s`.
    var asSeconds: String { "\((self * 100).rounded() / 100) s" }
}
