import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import Server

struct LogFormatTests {
    private func record(
        _ message: String, _ level: Logger.Level = .info, _ metadata: Logger.Metadata = [:]
    ) -> LogRecord {
        LogRecord(time: Date(timeIntervalSince1970: 0.25), level: level, message: message, metadata: metadata)
    }

    @Test("text: time, level, message, what is known besides")
    func text() {
        let line = LogFormat.text.line(
            record("instance", .warning, ["state": "running", "instance": "two words"]), isForJournal: false)
        #expect(line == #"1970-01-01T00:00:00.250Z warning  instance instance="two words" state=running"#)
    }

    @Test("nothing that is logged breaks a line, steers a terminal, or turns round what stands beside it")
    func harmless() {
        let nasty = "a\nb\r\u{1B}[31mc\u{202E}d\u{2028}e\u{85}f\"g"
        let text = LogFormat.text.line(record(nasty, .info, ["k": "\(nasty)"]), isForJournal: false)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || [0x85, 0x202E, 0x2028].contains($0.value) })
        let json = LogFormat.json.line(record(nasty, .info, ["k": "\(nasty)"]), isForJournal: false)
        #expect(!json.contains("\n") && !json.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test("json: an object a line, which says what was said")
    func json() throws {
        let nasty = "a \"word\"\nand\\another"
        let line = LogFormat.json.line(
            record(nasty, .error, ["instance": "cam", "level": "no"]), isForJournal: false)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(
            object == ["time": "1970-01-01T00:00:00.250Z", "level": "error", "message": nasty, "instance": "cam"])
    }

    @Test("journald gets each level as syslog numbers it, and adds the time itself", arguments: Logger.Level.allCases)
    func journal(level: Logger.Level) {
        let priorities: [Logger.Level: Int] = [
            .critical: 2, .error: 3, .warning: 4, .notice: 5, .info: 6, .debug: 7, .trace: 7,
        ]
        let text = LogFormat.text.line(record("hello", level), isForJournal: true)
        #expect(text.hasPrefix("<\(priorities[level] ?? -1)>\(level.rawValue)"))
        #expect(text.hasSuffix(" hello"))
        #expect(
            LogFormat.json.line(record("hello", level), isForJournal: true).hasPrefix("<\(priorities[level] ?? -1)>{"))
    }

    @Test("it is the journal only where systemd names what is open there")
    func stream() throws {
        let path = try TemporaryDirectory().path + "/log"
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let status = try FileManager.default.attributesOfItem(atPath: path)
        let (device, file) = (try #require(status[.systemNumber]), try #require(status[.systemFileNumber]))
        for (stream, isJournal) in [("\(device):\(file)", true), ("\(device):1", false), ("", false), (nil, false)] {
            ftruncate(descriptor, 0)
            lseek(descriptor, 0, SEEK_SET)
            let log = LogOutput(descriptor, environment: stream.map { ["JOURNAL_STREAM": $0] } ?? [:])
            log.write(record("hello"))
            log.flush(within: 10)
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("<6>") == isJournal)
        }
    }

    @Test("a message without end is cut")
    func long() {
        for format in LogFormat.allCases {
            let line = format.line(record(String(repeating: "é", count: 100_000)), isForJournal: false)
            #expect(line.utf8.count < LogFormat.longestLine + 200)
        }
    }
}
