import TestSupport
import Testing

@testable import VisionPipeline

private let ms: Int64 = 1_000_000
private let second: Int64 = 1_000_000_000
private let hour: Int64 = 3_600_000_000_000
private let base: Int64 = 5_000_000_000_000

/// A frame as it comes, nanoseconds: what its source stamped on it, and when it came, both from the start.
struct Coming {
    var stamp: Int64?
    var arrival: Int64

    init(_ stamp: Int64?, _ arrival: Int64) { (self.stamp, self.arrival) = (stamp, arrival) }
}

struct ClockCase: Sendable, CustomTestStringConvertible {
    var name: String
    var frames: @Sendable () -> [Coming]
    var epochs: ClosedRange<Int>
    /// How far the time may have gone from the arrivals', nanoseconds.
    var drift: Int64 = 100_000_000
    /// The oldest that a frame may be called, and does not have to be.
    var oldest: Int64 = 100_000_000
    var testDescription: String { name }

    init(
        _ name: String, epochs: ClosedRange<Int>, drift: Int64 = 100_000_000, oldest: Int64 = 100_000_000,
        _ frames: @escaping @Sendable () -> [Coming]
    ) {
        (self.name, self.frames, self.epochs, self.drift, self.oldest) = (name, frames, epochs, drift, oldest)
    }
}

/// Timestamps of cameras and films as they ought not to be.
@Suite
struct FrameClockTests {
    /// `count` frames, 40 ms apart, that come 30 ms after what they are stamped.
    private static func even(_ count: Int = 500, _ stamp: (Int, Int64) -> Int64?) -> [Coming] {
        (0..<count).map { index in
            let time = Int64(index) * 40 * ms
            return Coming(stamp(index, time), time + 30 * ms)
        }
    }

    static let cameras: [ClockCase] = [
        ClockCase("as it ought to be", epochs: 0...0) { even { $1 } },
        ClockCase("two frames stamped alike", epochs: 0...0) { even { index, _ in Int64(index / 2) * 80 * ms } },
        ClockCase("jitter", epochs: 0...0) { even { index, time in time + Int64(index * 7919 % 41 - 20) * ms } },
        ClockCase("one frame out of order in five", epochs: 0...0) { even { $0 % 5 == 4 ? $1 - 60 * ms : $1 } },
        ClockCase("none at all", epochs: 0...0) { even { _, _ in nil } },
        ClockCase("every other one missing", epochs: 0...0) { even { $0 % 2 == 0 ? $1 : nil } },
        ClockCase("missing from the middle on", epochs: 0...0) { even { $0 < 200 ? $1 : nil } },
        ClockCase("first ones missing", epochs: 0...0) { even { $0 > 200 ? $1 : nil } },
        ClockCase("always zero", epochs: 0...0, oldest: 1100 * ms) { even { _, _ in 0 } },
        ClockCase("always the same from the middle on", epochs: 0...1, oldest: 1100 * ms) {
            even { min($1, 8 * second) }
        },
        ClockCase("an hour back", epochs: 1...1) { even { $0 < 200 ? $1 : $1 - hour } },
        ClockCase("an hour ahead", epochs: 1...1) { even { $0 < 200 ? $1 : $1 + hour } },
        ClockCase("an hour back and there again", epochs: 2...2) { even { (200..<300).contains($0) ? $1 - hour : $1 } },
        ClockCase("one frame an hour ahead", epochs: 2...2) { even { $0 == 200 ? $1 + hour : $1 } },
        ClockCase("three seconds back", epochs: 1...1) { even { $0 < 200 ? $1 : $1 - 3 * second } },
        ClockCase("three seconds ahead", epochs: 1...1) { even { $0 < 200 ? $1 : $1 + 3 * second } },
        ClockCase("half a second back", epochs: 0...0, oldest: 600 * ms) { even { $0 < 200 ? $1 : $1 - 500 * ms } },
        ClockCase("half a second ahead", epochs: 0...0) { even { $0 < 200 ? $1 : $1 + 500 * ms } },
        ClockCase("negative", epochs: 0...0) { even { $1 - 10 * hour } },
        ClockCase("a clock of 33 bits and 90 kHz that wraps", epochs: 1...1) {
            let wrap = Int64(Double(1 << 33) / 90_000 * 1e9)
            return even { $0 < 200 ? $1 + wrap - 8 * second : $1 - 8 * second }
        },
        ClockCase("a clock of 32 bits and 90 kHz that wraps", epochs: 1...1) {
            let wrap = Int64(Double(1 << 32) / 90_000 * 1e9)
            return even { $0 < 200 ? $1 + wrap - 8 * second : $1 - 8 * second }
        },
        ClockCase("no numbers", epochs: 0...0) {
            even { index, _ in [.max, .min, .max - 1, .min + 1, Int64.max / 3][index % 5] }
        },
        ClockCase("a pause of twelve seconds, in which its clock stood", epochs: 1...1) {
            (0..<500).map { index in
                let time = Int64(index) * 40 * ms
                return Coming(time, time + 30 * ms + (index < 200 ? 0 : 12 * second))
            }
        },
        ClockCase("a pause of five seconds, in which its clock stood", epochs: 0...1, oldest: 6 * second) {
            (0..<500).map { index in
                let time = Int64(index) * 40 * ms
                return Coming(time, time + 30 * ms + (index < 200 ? 0 : 5 * second))
            }
        },
        ClockCase("a pause of twelve seconds, in which it went on", epochs: 0...0) {
            (0..<500).map { index in
                let time = Int64(index) * 40 * ms + (index < 200 ? 0 : 12 * second)
                return Coming(time, time + 30 * ms)
            }
        },
        ClockCase("what a jitter buffer makes of a burst after twelve seconds", epochs: 0...1) { burst() },
    ]

    /// As measured behind rtspsrc: 300 frames at once, seven seconds ahead; a timestamp that stands still until it is true; and one
    /// that is a tenth of a second ahead, and takes half a minute to come back.
    private static func burst() -> [Coming] {
        var frames = even(200) { $1 }
        let resumed = 8 * second + 12 * second
        frames += (0..<300).map { Coming(resumed + Int64($0) * 7 * second / 300, resumed + Int64($0) * ms) }
        frames += (0..<1000).map { index in
            let now = resumed + 300 * ms + Int64(index) * 40 * ms
            let settled = max(Double(index - 175), 0) * 0.04
            let lead = Int64(0.110 * 1e9 / (1 + settled / 4))
            return Coming(max(now - 30 * ms + lead, resumed + 7 * second), now)
        }
        return frames
    }

    private func read(_ frames: [Coming], isLive: Bool) -> [FrameClock.Reading] {
        var clock = FrameClock(isLive: isLive, baseTime: base)
        return frames.map { clock.read($0.stamp, arrival: base + $0.arrival) }
    }

    private func rises(_ readings: [FrameClock.Reading]) -> Bool {
        zip(readings, readings.dropFirst()).allSatisfy { $0.time < $1.time && $0.epoch <= $1.epoch }
    }

    @Test("A live source's time rises at its pace, and no age lies", arguments: cameras)
    func live(_ test: ClockCase) {
        let frames = test.frames()
        let readings = read(frames, isLive: true)
        #expect(rises(readings))
        #expect(test.epochs.contains(readings.last?.epoch ?? -1), "\(readings.last?.epoch ?? -1)")
        let ages = zip(frames, readings).map { base + $0.arrival - $1.captured }
        #expect(ages.allSatisfy { $0 >= 0 })
        #expect((ages.max() ?? 0) <= test.oldest, "the oldest: \((ages.max() ?? 0) / ms) ms")
        // After a few seconds it is told as it was before, whatever happened.
        let late = ages.suffix(60).sorted()[30]
        #expect(late <= 75 * ms, "in the end: \(late / ms) ms")
        let drift = zip(frames, readings).map { abs($1.time - $0.arrival) }.suffix(60).max() ?? .max
        #expect(drift <= test.drift, "\(drift / ms) ms")
    }

    @Test("Time goes on where a source is built anew, at its pace", arguments: [true, false])
    func anew(isLive: Bool) {
        let before = read(Self.even(50) { $1 }, isLive: isLive)
        let last = before.last?.time ?? 0
        let resumed = last + 3 * second
        // A camera's timestamps are where the clock has got to; a film begins at its beginning.
        let zero = isLive ? resumed : 0
        var clock = FrameClock(isLive: isLive, baseTime: isLive ? base : base + resumed, after: last)
        var readings: [FrameClock.Reading] = []
        for distance in stride(from: Int64(0), to: 50 * 40 * ms, by: Int64.Stride(40 * ms)) {
            readings.append(clock.read(zero + distance, arrival: base + resumed + distance))
        }
        #expect(rises(before + readings))
        let steps = zip(readings, readings.dropFirst()).map { $1.time - $0.time }
        #expect(steps.allSatisfy { abs($0 - 40 * ms) <= ms })
    }

    @Test("An age that grows is believed: a decoder may be too slow")
    func backlog() {
        let frames = (0..<250).map { Coming(Int64($0) * 40 * ms, Int64($0) * 50 * ms + 30 * ms) }
        let readings = read(frames, isLive: true)
        #expect(readings.last?.epoch == 0)
        let age = base + frames[249].arrival - readings[249].captured
        #expect(abs(age - (249 * 10 + 30) * ms) < ms)
    }

    /// As measured behind rtspsrc: timestamps are counted from the first packet, which came late, and stand at the soonest ones'
    /// arrival after a second. Then a pause.
    ///
    /// - Parameters:
    ///   - first: delay of the first frame, milliseconds.
    ///   - lead: how far the second one's timestamp is ahead then, milliseconds.
    ///   - work: what a frame takes from the jitter buffer on, milliseconds.
    private static func beginning(first: Int64, lead: Int64, work: Int64) -> [Coming] {
        (0..<200).map { index in
            let pause = index < 150 ? 0 : 2 * second
            let arrival = Int64(index) * 33 * ms + 50 * ms + pause
            let ahead = index == 0 ? -first : max(lead - lead * Int64(index - 1) / 30, 0)
            return Coming(arrival - (work - ahead) * ms, arrival)
        }
    }

    @Test("How late the first frame came is nothing that the others have to answer for")
    func beginning() {
        for first in [0, 1, 8, 12, 36, 90] as [Int64] {
            for lead in [0, 4, 10, 40, 130, 300] as [Int64] {
                for work in [0, 2, 15, 40] as [Int64] {
                    let frames = Self.beginning(first: first, lead: lead, work: work)
                    let readings = read(frames, isLive: true)
                    let ages = zip(frames, readings).map { base + $0.arrival - $1.captured }
                    #expect(rises(readings))
                    #expect(ages.allSatisfy { $0 >= 0 && $0 <= (first + work) * ms }, "\(first) \(lead) \(work)")
                    #expect(
                        ages.suffix(160).allSatisfy { $0 == work * ms },
                        "late \(first), ahead \(lead), work \(work): \(ages.suffix(160).map { $0 / ms })")
                }
            }
        }
    }

    /// Intervals in ms and a pause behind so many frames; all frames arrive 150 ms after they were captured.
    @Test(
        "A break in the first seconds, or a camera of less than a picture a second, hides no delay",
        arguments: [(40, 25, 1200), (40, 50, 3000), (1100, 0, 0), (3000, 0, 0)] as [(Int64, Int, Int64)])
    func earlyBreak(interval: Int64, behind: Int, pause: Int64) {
        let delay = 150 * ms
        let frames = (0..<200).map { index in
            let stamp = Int64(index) * interval * ms + (behind > 0 && index >= behind ? pause * ms : 0)
            return Coming(stamp, stamp + delay)
        }
        let readings = read(frames, isLive: true)
        let ages = zip(frames, readings).map { base + $0.arrival - $1.captured }
        #expect(rises(readings))
        #expect(ages.suffix(100).allSatisfy { $0 == delay }, "\(ages.suffix(100).map { $0 / ms })")
    }

    @Test("A film's time is its own, and goes on where that begins anew")
    func films() {
        func times(_ stamps: [Int64?], apart: Int64 = 0) -> [Int64] {
            let frames = stamps.enumerated().map { index, stamp in
                Coming(stamp.map { $0 * ms }, Int64(index) * apart * ms)
            }
            let readings = read(frames, isLive: false)
            #expect(rises(readings), "\(stamps)")
            return readings.map { $0.time / ms }
        }
        #expect(times([0, 40, 80]) == [0, 40, 80])
        #expect(times([100, 140, 140, 130, 220]) == [100, 140, 141, 142, 220])
        #expect(times([0, 40, 9000, 9040]) == [0, 40, 9000, 9040], "a gap is one")
        #expect(times([0, nil, 80, nil, 160]) == [0, 1, 80, 120, 160])
        #expect(times([nil, nil, nil], apart: 40) == [0, 40, 80])
        #expect(times([0, 40, 80, 80, 80, 80, 80, 360]) == [0, 40, 80, 81, 82, 122, 162, 360])
        // It plays in a loop.
        #expect(times([0, 40, 4000, 4040, 0, 40, 80]) == [0, 40, 4000, 4040, 4080, 4120, 4160])
        #expect(times([-80, -40, 0]) == [-80, -40, 0])
        #expect(
            times([0, 40, 3_600_080, 3_600_120], apart: 40) == [0, 40, 80, 120], "an hour that nobody has waited for")
        #expect(times([0, 40, 3_600_080], apart: 3_600_000) == [0, 40, 3_600_080], "and one that has passed")
    }

    @Test("No sequence of timestamps breaks it, whatever it is")
    func random() {
        var random = SeededGenerator.announced()
        for round in 0..<400 {
            let isLive = round % 2 == 0
            var (stamp, arrival) = (Int64.random(in: -1000...hour, using: &random), Int64(0))
            var clock = FrameClock(isLive: isLive, baseTime: base)
            var last: FrameClock.Reading?
            for _ in 0..<200 {
                arrival += Int64.random(in: 0...100 * ms, using: &random)
                switch Int.random(in: 0..<12, using: &random) {
                case 0: stamp = Int64.random(in: .min ... .max, using: &random)
                case 1: stamp = stamp &- Int64.random(in: 0...2 * hour, using: &random)
                case 2: stamp = stamp &+ Int64.random(in: 0...2 * hour, using: &random)
                case 3: arrival += Int64.random(in: 0...20 * second, using: &random)
                default: stamp = stamp &+ Int64.random(in: -50 * ms...200 * ms, using: &random)
                }
                let isMissing = Int.random(in: 0..<8, using: &random) == 0
                let reading = clock.read(isMissing ? nil : stamp, arrival: base + arrival)
                #expect(reading.captured <= base + arrival)
                if let last { #expect(reading.time > last.time && reading.epoch >= last.epoch) }
                if isLive {
                    let age = base + arrival - reading.captured
                    #expect(age <= 31 * second, "\(age)")
                    #expect(reading.time <= arrival + second, "ahead by \(reading.time - arrival)")
                }
                last = reading
            }
        }
    }
}
