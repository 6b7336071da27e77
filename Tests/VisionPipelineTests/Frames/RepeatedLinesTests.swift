import Testing

@testable import VisionPipeline

struct RepeatedLinesTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A flood of lines that differ in numbers only becomes a few, and says how many there were")
    func flood() {
        var lines = RepeatedLines()
        let written = (0..<3000).compactMap { number in
            lines.admit("decoder0: no reference \(number)", at: Int64(number) * Self.second / 30)
        }
        #expect(written.count == 12, "\(written)")
        #expect(written.prefix(3).allSatisfy { !$0.contains("more like it") })
        #expect(written[3] == "decoder0: no reference 302 (and 299 more like it)")
    }

    @Test("Different lines come each, however many kinds there are")
    func kinds() {
        var lines = RepeatedLines()
        for number in 0..<1000 {
            let word = String(repeating: "x", count: number)
            #expect(lines.admit(word, at: Int64(number)) == word)
        }
        #expect(lines.admit("quiet", at: 0) == "quiet")
    }
}
