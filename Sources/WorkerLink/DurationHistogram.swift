/// How long something took, counted by classes as Prometheus' histograms are: histograms of several taps, stages and machines
/// can be summed, percentiles cannot.
public struct DurationHistogram: Sendable, Hashable {
    /// Which classes there are.
    public enum Scale: String, Sendable, Hashable {
        /// From 1 ms to 5 s: how old something is when it arrives.
        case ages
        /// From 10 µs to 1 s: how long a piece of work takes.
        case work

        /// Upper ends of the classes, nanoseconds; the last one, without an end, is not among them.
        public var bounds: [Int64] {
            switch self {
            case .ages: Self.agesBounds
            case .work: Self.workBounds
            }
        }

        private static let agesBounds: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
            .map { $0 * 1_000_000 }
        private static let workBounds: [Int64] = [
            10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
        ].map { $0 * 1000 }
    }

    /// Which classes there are.
    public let scale: Scale
    /// By class, not summed up; one more than `scale.bounds`.
    public private(set) var counts: [UInt64]
    /// Nanoseconds.
    public private(set) var sum: UInt64 = 0

    /// Nothing yet.
    public init(_ scale: Scale) {
        self.scale = scale
        counts = [UInt64](repeating: 0, count: scale.bounds.count + 1)
    }

    /// Of everything.
    public var count: UInt64 { counts.reduce(0, &+) }

    /// Counts a duration.
    ///
    /// - Parameters:
    ///   - duration: nanoseconds; what is negative counts as 0.
    ///   - times: how often.
    public mutating func record(_ duration: Int64, times: UInt64 = 1) {
        let bounds = scale.bounds
        let place = bounds.firstIndex { duration <= $0 } ?? bounds.count
        counts[place] &+= times
        sum &+= UInt64(max(0, duration)) &* times
    }

    /// The same in memory of its own, so that whoever goes on to record need not copy.
    public var copy: DurationHistogram {
        var copy = DurationHistogram(scale)
        for (place, count) in counts.enumerated() where copy.counts.indices.contains(place) {
            copy.counts[place] = count
        }
        copy.sum = sum
        return copy
    }
}

extension DurationHistogram: WireCodable {
    package func write(to writer: inout WireWriter) {
        scale.write(to: &writer)
        counts.write(to: &writer)
        sum.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        scale = try reader.next()
        counts = try reader.next()
        sum = try reader.next()
    }
}
