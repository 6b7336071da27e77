import CGStreamer
import Foundation
import TestSupport
import Testing

@testable import VisionPipeline

@Suite
struct CodedTimelineTests {
    private static let millisecond: Int64 = 1_000_000

    /// Times in milliseconds of what came with (shown, captured), both in milliseconds; nil where it was left out.
    private func times(
        _ buffers: [(shown: Int64?, captured: Int64)], isLive: Bool = true, order: CodedTimeline.Order = .decoded,
        isWhole: Bool = true, start: BranchStart = BranchStart()
    ) throws -> [Int64?] {
        var timeline = CodedTimeline(isLive: isLive, order: order, start: start)
        let caps = try #require(gst_caps_from_string("video/x-h264"))
        defer { gst_caps_unref(caps) }
        let stream = StreamCaps(caps)
        return try buffers.map { shown, captured in
            let buffer = try #require(gst_buffer_new())
            defer { gst_buffer_unref(buffer) }
            let item = InletBuffer(
                buffer: buffer, caps: stream, shown: shown.map { $0 * Self.millisecond },
                captured: captured * Self.millisecond)
            return timeline.times(of: item, isWhole: isWhole).map { $0.shown / Self.millisecond }
        }
    }

    @Test("A branch begins at zero; pictures in another order than they are shown in keep their times")
    func order() throws {
        try GStreamer.initialize()
        let reordered: [(Int64?, Int64)] = [
            (5000, 0), (5120, 1), (5040, 2), (5080, 3), (5240, 4), (5160, 5), (5200, 6),
        ]
        #expect(try times(reordered) == [0, 120, 40, 80, 240, 160, 200])
        // What is shown before the first keyframe cannot be decoded without what was before that.
        #expect(try times([(5000, 0), (4920, 1), (4960, 2), (5040, 3)]) == [0, nil, nil, 40])
    }

    @Test("No two pictures are shown at once, and none has no time")
    func unique() throws {
        try GStreamer.initialize()
        #expect(try times([(0, 0), (40, 40), (40, 80), (120, 120)]) == [0, 40, 41, 120])
        #expect(try times([(0, 0), (120, 1), (40, 2), (40, 3), (80, 4)]) == [0, 120, 40, 41, 80])
        #expect(try times([(nil, 9000), (nil, 9040), (nil, 9080)]) == [0, 40, 80])
        let some = try times([(0, 0), (40, 40), (80, 80), (120, 120), (160, 160), (nil, 200), (240, 240)])
        #expect(some[5].map { (190...210).contains($0) } == true && some[6] == 240)
        // Parts of one picture have its time.
        #expect(try times([(0, 0), (0, 0), (40, 40), (40, 40)], isWhole: false) == [0, 0, 40, 40])
    }

    @Test("Times at both ends of the numbers are times")
    func farthest() throws {
        try GStreamer.initialize()
        let far = Int64.max / Self.millisecond
        for first in [-far, -far / 2, 0] {
            let steps: [(Int64?, Int64)] = [(first, 0), (0, 1), (far / 2, 2), (far, 3), (nil, 4), (far, 5), (-far, 6)]
            for isLive in [true, false] {
                let made = try times(steps, isLive: isLive, start: BranchStart(origin: 0)).compactMap { $0 }
                #expect(made.allSatisfy { $0 >= 0 })
            }
        }
    }

    @Test("Pictures that are whole by themselves always rise")
    func whole() throws {
        try GStreamer.initialize()
        let pictures: [(Int64?, Int64)] = [(100, 0), (140, 40), (140, 80), (130, 81), (220, 120), (80, 121)]
        #expect(try times(pictures, order: .shown) == [0, 40, 41, 42, 120, 121])
        #expect(try times([(0, 0), (40, 40), (nil, 90)], isLive: false, order: .shown) == [0, 40, 73])
        #expect(try times([(nil, 9000), (nil, 9040), (nil, 9085)], order: .shown) == [0, 40, 85])
        let back: [(Int64?, Int64)] = [(4_000_000, 0), (4_000_040, 40), (400_040, 80), (400_080, 120)]
        #expect(try times(back, order: .shown) == [0, 40, 80, 120])
    }

    @Test("A clock that jumps goes on where it was; a gap in a film is one")
    func jumps() throws {
        try GStreamer.initialize()
        #expect(try times([(4_000_000, 0), (4_000_040, 40), (400_040, 80), (400_080, 120)]) == [0, 40, 80, 120])
        #expect(try times([(100, 0), (140, 40), (3_600_180, 80), (3_600_220, 120)]) == [0, 40, 80, 120])
        #expect(try times([(0, 0), (40, 40), (9000, 80)], isLive: false) == [0, 40, 9000])
    }

    @Test("Sound counts from the pictures' beginning, and what was before is left out")
    func sound() throws {
        try GStreamer.initialize()
        let start = BranchStart()
        #expect(try times([(5000, 0)], start: start) == [0])
        let sound: [(Int64?, Int64)] = [(4980, 0), (5001, 1), (5022, 2), (5020, 3), (5043, 4)]
        #expect(try times(sound, order: .other, start: start) == [nil, 1, 22, 22, 43])
    }

    @Test("Whatever comes: never two pictures at once, never before the first, and as long as it took")
    func random() throws {
        try GStreamer.initialize()
        var generator = SeededGenerator.announced()
        // TIMELINE_ROUNDS=100000 looks longer.
        let rounds = ProcessInfo.processInfo.environment["TIMELINE_ROUNDS"].flatMap(Int.init) ?? 200
        for _ in 0..<rounds {
            var (clock, shift): (Int64, Int64) = (1000, Int64.random(in: 0...10_000_000, using: &generator))
            // A clock that is set by less than what shows is believed.
            var unseen: Int64 = 0
            let buffers: [(Int64?, Int64)] = (0..<300).map { number in
                clock += 40
                let before = shift
                switch Int.random(in: 0..<30, using: &generator) {
                case 0: return (nil, clock)
                case 1: return (clock + shift - 40, clock)
                case 2 where number > 1: shift = Int64.random(in: 0...10_000_000, using: &generator)
                case 3 where number > 1: shift += Int64.random(in: -2000...2000, using: &generator)
                default: break
                }
                if abs(shift - before) <= 2000 { unseen += abs(shift - before) }
                return (clock + shift, clock)
            }
            let made = try times(buffers).compactMap(\.self)
            #expect(made.count == buffers.count)
            #expect(Set(made).count == made.count && made.allSatisfy { $0 >= 0 })
            #expect(abs((made.max() ?? 0) - 300 * 40) < 500 + unseen)
        }
    }

    @Test("A clock that is set back a little neither takes pictures away nor shows two at once")
    func steps() throws {
        try GStreamer.initialize()
        for step in stride(from: Int64(-1999), through: 1999, by: 7) {
            for place in [3, 10, 31, 32, 33, 60, 100] as [Int64] {
                let pictures = (0..<Int64(160)).map { number -> (Int64?, Int64) in
                    let time = number * 40
                    return (5000 + time + (number < place ? 0 : step), time)
                }
                let made = try times(pictures).compactMap(\.self)
                #expect(Set(made).count == pictures.count)
            }
        }
    }

    @Test("Pictures before a branch's beginning are shown one after the other, as it begins")
    func early() throws {
        try GStreamer.initialize()
        let start = BranchStart(origin: 5000 * Self.millisecond)
        for order in [CodedTimeline.Order.decoded, .shown] {
            let pictures = (0..<Int64(6)).map { number -> (Int64?, Int64) in (4900 + number * 40, number * 40) }
            let made = try times(pictures, order: order, start: start)
            #expect(made == [0, 1, 2, 20, 60, 100])
        }
    }

    @Test("No time breaks it")
    func extremes() throws {
        try GStreamer.initialize()
        let all: [Int64] = [.min, .max, 0, -1, 1, .min + 1, .max - 1]
        let caps = try #require(gst_caps_from_string("video/x-h264"))
        defer { gst_caps_unref(caps) }
        for isLive in [true, false] {
            var timeline = CodedTimeline(isLive: isLive, order: .decoded, start: BranchStart())
            for shown in all {
                for captured in all {
                    let buffer = try #require(gst_buffer_new())
                    defer { gst_buffer_unref(buffer) }
                    let item = InletBuffer(
                        buffer: buffer, caps: StreamCaps(caps), shown: shown, decoded: captured, captured: captured)
                    if let times = timeline.times(of: item, isWhole: true) { #expect(times.shown >= 0) }
                }
            }
        }
    }
}
