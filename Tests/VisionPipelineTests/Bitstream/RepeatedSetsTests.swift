import TestSupport
import Testing

@testable import VisionPipeline

@Suite("Parameter sets that a picture has more than once")
struct RepeatedSetsTests {
    private static let h264 = (
        sets: [[UInt8]]([[0x67, 1, 2], [0x68, 3]]), slices: [[UInt8]]([[0x65, 0x88], [0x65, 0x21]])
    )
    private static let h265 = (
        sets: [[UInt8]]([[0x40, 1, 5], [0x42, 1, 6], [0x44, 1, 7]]),
        slices: [[UInt8]]([[0x28, 1, 0x80], [0x28, 1, 0x20]])
    )

    /// What goes on of the payloads, each with the timestamp that it came with.
    private static func passed(_ codec: VideoUnits.Codec, _ sent: [([UInt8], UInt32)]) -> [[UInt8]] {
        var sets = RepeatedSets(codec)
        return sent.map { payload, time in
            payload.withUnsafeBytes { sets.replacement(for: $0, at: time) } ?? payload
        }
    }

    private static func aggregate(_ codec: VideoUnits.Codec, _ units: [[UInt8]]) -> [UInt8] {
        (codec == .h264 ? [0x78] : [0x60, 1]) + units.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
    }

    @Test("Behind a slice they leave, alone and among others; elsewhere they stay")
    func places() {
        for (codec, units) in [(VideoUnits.Codec.h264, Self.h264), (.h265, Self.h265)] {
            let nothing = Self.aggregate(codec, [])
            let (sets, slices) = units
            let picture = sets + [slices[0]] + sets + [slices[1]]
            let alone = sets + [slices[0]] + sets.map { _ in nothing } + [slices[1]]
            #expect(Self.passed(codec, picture.map { ($0, 1) }) == alone)
            #expect(Self.passed(codec, (sets + sets + slices).map { ($0, 1) }) == sets + sets + slices)
            #expect(
                Self.passed(codec, picture.map { ($0, 1) } + picture.map { ($0, 2) }) == alone + alone,
                "Each picture has its own")
            #expect(
                Self.passed(codec, [(Self.aggregate(codec, picture), 1)])
                    == [Self.aggregate(codec, sets + slices)])
            #expect(
                Self.passed(
                    codec,
                    [(Self.aggregate(codec, sets + [slices[0]]), 1), (Self.aggregate(codec, sets + [slices[1]]), 1)])
                    == [Self.aggregate(codec, sets + [slices[0]]), Self.aggregate(codec, [slices[1]])])
            var other = sets
            other[1] += [9]
            let changed = sets + [slices[0]] + other + [slices[1]]
            #expect(
                Self.passed(codec, changed.map { ($0, 1) }).filter { $0 != nothing } == sets + [
                    slices[0], other[1], slices[1],
                ],
                "One that is different is another's")
        }
    }

    @Test("Whatever comes, what goes on can be read, and is no more than came")
    func random() {
        var random = SeededGenerator.announced()
        for _ in 0..<2000 {
            for codec in [VideoUnits.Codec.h264, .h265] {
                var sets = RepeatedSets(codec)
                for _ in 0..<8 {
                    let units = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (0..<Int.random(in: 0...4, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
                        }
                    }
                    var payload = Bool.random(using: &random) ? Self.aggregate(codec, units) : units.first ?? []
                    if let first = payload.indices.randomElement(using: &random), Bool.random(using: &random) {
                        payload[first] = 24
                    }
                    let instead = payload.withUnsafeBytes { sets.replacement(for: $0, at: 0) }
                    #expect(instead.map { $0.count <= max(payload.count, 2) } ?? true)
                }
            }
        }
    }
}
