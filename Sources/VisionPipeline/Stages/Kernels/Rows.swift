/// Sample-by-sample work on rows.
///
/// Plain loops over pointers that the compiler turns into vector code. It does so only where what is written does not
/// overlap what is read, so `out` is always other memory.
enum Rows {
    /// Added to a small `Float`, it leaves the nearest whole number, ties to even, in the sum's low bits: 1.5 · 2²³.
    /// The processor's own rounding is a function call where SSE 4.1 cannot be taken for granted.
    static let rounder: Float = 12_582_912

    /// `high` where a sample is above its mean less `offset`, else `low`.
    static func threshold(
        _ row: Samples, above means: Samples, less offset: Int16, high: UInt8, low: UInt8, into out: MutableSamples,
        count: Int
    ) {
        for x in 0..<count { out[x] = Int16(row[x]) &+ offset > Int16(means[x]) ? high : low }
    }
}
