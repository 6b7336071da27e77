import TestSupport
import Testing

@testable import VisionPipeline

@Suite struct HistoryTests {
    @Test("It holds what the end of a list holds, whatever has come and gone", arguments: [1, 2, 7, 64])
    func newest(capacity: Int) {
        var random = SeededGenerator.announced()
        var history = History<Int>(capacity: capacity)
        var all: [Int] = []
        for number in 0..<500 {
            if Int.random(in: 0..<100, using: &random) == 0 {
                history.removeAll()
                all = []
            } else {
                let replaced = history.append(number)
                #expect(replaced == (all.count < capacity ? nil : all[all.count - capacity]))
                all.append(number)
            }
            let expected = Array(all.suffix(capacity))
            #expect(history.elements.sorted() == expected)
            #expect((0..<history.count).map { history[back: $0] } == expected.reversed())
        }
    }
}
