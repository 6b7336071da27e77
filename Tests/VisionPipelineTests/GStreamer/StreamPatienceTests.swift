import Testing

@testable import VisionPipeline

/// How long a keyframe is waited for.
@Suite
struct StreamPatienceTests {
    private static let second: Int64 = 1_000_000_000

    /// How many pictures are waited with.
    private func count(upTo most: Int = 1_000_000, _ time: (Int) -> Int64?) -> Int {
        var patience = StreamPatience()
        return (0..<most).first { patience.isOver(at: time($0)) } ?? most
    }

    @Test("It goes by the stream's time, whatever its rate and where it begins", arguments: [1, 5, 25, 120] as [Int64])
    func rates(_ rate: Int64) {
        for beginning in [0, -7 * Self.second, 1_000_000 * Self.second, .max - 50 * Self.second] {
            let pictures = count { beginning + Int64($0) * Self.second / rate }
            #expect(abs(pictures - Int(45 * rate)) <= 2, "\(pictures)")
        }
    }

    @Test("Pictures in the order of decoding, and slices with one time, count as long as they are shown")
    func orders() {
        let reordered = count { Int64([0, 3, 1, 2][$0 % 4] + $0 / 4 * 4) * Self.second / 25 }
        #expect(abs(reordered - 45 * 25) <= 5, "\(reordered)")
        let slices = count { Int64($0 / 8) * Self.second / 30 }
        #expect(abs(slices - 8 * 45 * 30) <= 16, "\(slices)")
    }

    @Test("Times that lead nowhere do not make it endless, and a clock that is set does not end it")
    func hell() {
        let counts = [
            count { _ in nil }, count { $0 % 2 == 0 ? .min : .max }, count { _ in 7 },
            count { Int64($0 % 2) * Self.second },
        ]
        #expect(counts[0...1].max() ?? 0 <= 45 * 25 + 2)
        #expect(counts.max() ?? 0 < 50_000)
        let set = count { Int64($0) * Self.second / 25 + ($0 > 100 ? 3600 * Self.second : 0) }
        #expect(abs(set - 45 * 25) <= 2, "\(set)")
    }
}
