import Testing

@testable import VisionPipeline

/// How late one of several cameras is said to be.
struct InletDelayTests {
    private static let ms: Int64 = 1_000_000

    /// Frames at a distance, each with its delay, milliseconds; what was told, with the frame's number.
    private func told(_ delays: [Int64], of media: StreamCaps.Media = .pixels, each: Int64 = 40) -> [(Int, Int64)] {
        var delay = InletDelay()
        return delays.enumerated().compactMap { number, late in
            delay.note(late * Self.ms, of: media, at: Int64(number) * each * Self.ms).map { (number, $0 / Self.ms) }
        }
    }

    @Test("The first picture's at once, then that of the soonest of each second, where it is another")
    func pictures() {
        // The first one was held up by all that had to be made.
        let found = told([300] + (0..<100).map { 20 + $0 % 3 * 15 } + [Int64](repeating: 120, count: 60))
        #expect(found.map(\.1) == [300, 20, 120], "\(found)")
        #expect(found[0].0 == 0 && (25...27).contains(found[1].0))
    }

    @Test("Sound's grows with the latest at once, and shrinks after ten seconds")
    func sound() {
        let found = told([10, 12, 60] + [Int64](repeating: 10, count: 400), of: .sound)
        #expect(found.map(\.1) == [10, 63, 10], "\(found)")
        #expect(found[1].0 == 2 && found[2].0 > 240)
    }

    @Test("Those of a camera that is sooner wait for the other's")
    func room() {
        var delay = InletDelay()
        var rooms: [UInt64] = []
        for number in Int64(0)..<100 {
            _ = delay.note(5 * Self.ms, of: .pixels, at: number * 40 * Self.ms)
            if let room = delay.room(besides: { 605 * Self.ms }) { rooms.append(room) }
        }
        #expect(rooms.count == 1 && (15...17).contains(rooms[0]), "\(rooms)")
    }
}
