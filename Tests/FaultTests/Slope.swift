import TestSupport
import Testing

/// How a number changes with time: the median of the slopes between all pairs of points (Theil 1950, Sen 1968), which single jumps do
/// not touch.
struct Slope: Sendable {
    /// For each unit of time.
    let perUnit: Double
    /// Median distance of the points from that line: what cannot be told from growth over a short time.
    let scatter: Double
    /// Of time.
    let length: Double

    /// - Parameter points: two or more, of different times.
    init(_ points: [(time: Double, value: Double)]) {
        var slopes: [Double] = []
        for (index, first) in points.enumerated() {
            for second in points[(index + 1)...] where second.time != first.time {
                slopes.append((second.value - first.value) / (second.time - first.time))
            }
        }
        let slope = slopes.median
        let start = points.map { $0.value - slope * $0.time }.median
        perUnit = slope
        scatter = points.map { abs($0.value - slope * $0.time - start) }.median
        length = (points.last?.time ?? 0) - (points.first?.time ?? 0)
    }

    /// Whether it is more than a limit for sure: over a short time, what it scatters by may be all there is.
    func isBeyond(_ limit: Double) -> Bool { perUnit > limit + (length > 0 ? 2 * scatter / length : 0) }
}

extension [Double] {
    /// 0 of none.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }
}

@Suite("Slopes")
struct SlopeTests {
    @Test("growth is found among jumps, and nothing where nothing grows")
    func found() {
        var generator = SeededGenerator(seed: 7)
        func points(_ slope: Double, noise: ClosedRange<Double>) -> [(time: Double, value: Double)] {
            (0..<100).map { index in
                let jump: Double = index % 10 == 0 ? 500 : 0
                return (Double(index), 1000 + slope * Double(index) + jump + .random(in: noise, using: &generator))
            }
        }
        let growing = Slope(points(3, noise: -5...5))
        #expect(abs(growing.perUnit - 3) < 0.2 && growing.scatter < 6)
        #expect(growing.isBeyond(2) && !growing.isBeyond(3))
        let flat = Slope(points(0, noise: 0...0))
        #expect(flat.perUnit == 0 && flat.scatter == 0 && !flat.isBeyond(0))
        #expect(!Slope([(0, 1), (1, 100)]).isBeyond(100))
    }
}
