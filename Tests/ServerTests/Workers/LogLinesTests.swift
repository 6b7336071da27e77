import Testing

@testable import Server

struct LogLinesTests {
    @Test("cuts lines wherever the pieces end")
    func lines() {
        var lines = LogLines()
        #expect(lines.append(Array("one\ntw".utf8)).map(\.text) == ["one"])
        #expect(lines.append(Array("o\r\n\n  \nthree".utf8)).map(\.text) == ["two"])
        #expect(lines.finish()?.text == "three")
        #expect(lines.finish() == nil)
    }

    @Test("a line without end costs no more than its bound")
    func bounded() {
        var lines = LogLines()
        for _ in 0..<100 { #expect(lines.append([UInt8](repeating: 65, count: 1000)).isEmpty) }
        let line = lines.append([10])
        #expect(line.map(\.text.count) == [LogLines.longestLine] && line.allSatisfy(\.isCut))
        #expect(lines.append(Array("short\n".utf8)) == [LogLines.Line(text: "short")])
    }

    @Test("control bytes and bytes that are no UTF-8 come out harmless")
    func harmless() {
        var lines = LogLines()
        let line = lines.append([0x1B, 0x5B, 0x41, 0xFF, 0x07, 0x0A]).first?.text
        #expect(line?.unicodeScalars.contains { $0.value < 0x20 } == false)
    }
}
