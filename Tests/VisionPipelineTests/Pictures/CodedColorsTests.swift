import Testing

@testable import VisionPipeline

@Suite("Colours of the pictures in a decoder")
struct CodedColorsTests {
    private let full = CodedColor(isFullRange: true)
    private let limited = CodedColor(isFullRange: false)

    @Test("Each picture has its own, however late it comes out; marks are only where two are in the decoder")
    func marks() {
        var colors = CodedColors()
        colors.note(full)
        #expect(colors.enter(at: .max) == nil)
        #expect(colors.leave(mark: nil) == full)
        colors.note(nil)
        #expect(colors.enter(at: .max) == 1)
        // What nobody names is the usual: nothing has changed.
        colors.note(limited)
        #expect(colors.enter(at: .max) == 1)
        colors.note(full)
        let newest = colors.enter(at: .max)
        #expect(newest == 2)
        #expect(colors.leave(mark: nil) == full)
        #expect(colors.leave(mark: 1) == limited)
        #expect(colors.enter(at: .max) == 2)
        #expect(colors.leave(mark: newest) == full)
        #expect(colors.enter(at: .max) == nil)
        #expect(colors.leave(mark: 2) == full)
        #expect(colors.leave(mark: nil) == full)
    }

    @Test("What was never named leaves caps as they are; nor do marks of another stream say anything")
    func unnamed() {
        var colors = CodedColors()
        colors.note(nil)
        _ = colors.enter(at: 0)
        colors.note(full)
        _ = colors.enter(at: 1)
        #expect(colors.leave(mark: nil) == nil)
        #expect(colors.leave(mark: 7) == nil)
        #expect(colors.leave(mark: 1) == full)
    }

    @Test("A decoder that keeps no marks is followed by timestamps, through any number of changes")
    func timestamps() {
        var colors = CodedColors()
        for number in 0..<100 {
            colors.note(number % 2 == 0 ? full : limited)
            // Decoded in another order than shown.
            for step in [0, 3, 1, 2] { _ = colors.enter(at: UInt64(number * 10 + step)) }
            for step in [0, 1, 2, 3] where number > 0 {
                #expect(colors.color(at: UInt64(number * 10 - 10 + step)) == (number % 2 == 0 ? limited : full))
            }
            #expect(colors.color(at: UInt64(number * 10 + 2)) == colors.newest)
        }
        #expect(colors.color(at: 0) == nil)
        #expect(colors.color(at: .max) == limited)
    }
}
