import Logging
import Plans
import Testing

@testable import Server

struct WorkerLogTests {
    private static let secret = "correct-horse-battery"

    /// What a worker's last line becomes.
    private func lastLine(_ text: String) -> String? {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let log = WorkerLog(logger: logger, redaction: Redaction(secrets: [Self.secret]))
        var lines = LogLines()
        for line in lines.append(Array("\(text)\n".utf8)) { log.append(line) }
        return log.lastLine
    }

    @Test("a password over any cut is not shown in half", arguments: [1024, 8192])
    func halved(cut: Int) throws {
        for offset in 1..<Self.secret.utf8.count {
            let line = String(repeating: "x", count: cut - offset) + Self.secret + " and more"
            let shown = try #require(lastLine(line))
            #expect(!shown.contains(Self.secret.prefix(3)), "\(offset): \(shown.suffix(40))")
            #expect(shown.utf8.count <= WorkerLog.longestLine)
        }
    }

    @Test("where masks make a long line short, nothing halved comes to light")
    func shortened() throws {
        for offset in 1..<Self.secret.utf8.count {
            let secrets = String(repeating: Self.secret, count: 8192 / Self.secret.utf8.count + 1)
            let line = String(secrets.dropFirst(offset))
            let shown = try #require(lastLine("rtsp " + line))
            #expect(!shown.dropFirst(Self.secret.count + 5).contains("correct"), "\(shown)")
            #expect(!shown.hasSuffix(Self.secret.prefix(4)), "\(shown)")
        }
    }

    @Test("a cut falls between characters")
    func characters() throws {
        let shown = try #require(lastLine("x" + String(repeating: "é", count: 2000)))
        #expect(!shown.contains("\u{FFFD}"))
    }
}
