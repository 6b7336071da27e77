/// Sample-by-sample work on rows.
///
/// Plain loops over pointers that the compiler turns into vector code. It does so only where what is written does not
/// overlap what is read, so `out` is always other memory.
enum Rows {
    static func minimum(_ a: Samples, _ b: Samples, into out: MutableSamples, count: Int) {
        for i in 0..<count { out[i] = min(a[i], b[i]) }
    }

    static func maximum(_ a: Samples, _ b: Samples, into out: MutableSamples, count: Int) {
        for i in 0..<count { out[i] = max(a[i], b[i]) }
    }

    static func minimum(_ a: Samples, _ b: Samples, _ c: Samples, into out: MutableSamples, count: Int) {
        for i in 0..<count { out[i] = min(min(a[i], b[i]), c[i]) }
    }

    static func maximum(_ a: Samples, _ b: Samples, _ c: Samples, into out: MutableSamples, count: Int) {
        for i in 0..<count { out[i] = max(max(a[i], b[i]), c[i]) }
    }

    static func minimum(
        _ a: Samples, _ b: Samples, _ c: Samples, _ d: Samples, _ e: Samples, into out: MutableSamples, count: Int
    ) {
        for i in 0..<count { out[i] = min(min(min(a[i], b[i]), min(c[i], d[i])), e[i]) }
    }

    static func maximum(
        _ a: Samples, _ b: Samples, _ c: Samples, _ d: Samples, _ e: Samples, into out: MutableSamples, count: Int
    ) {
        for i in 0..<count { out[i] = max(max(max(a[i], b[i]), max(c[i], d[i])), e[i]) }
    }

    /// Added to a small `Float`, it leaves the nearest whole number, ties to even, in the sum's low bits: 1.5 · 2²³.
    /// The processor's own rounding is a function call where SSE 4.1 cannot be taken for granted.
    static let rounder: Float = 12_582_912

    /// `high` where a sample is above `level`, else `low`.
    static func threshold(
        _ row: Samples, above level: UInt8, high: UInt8, low: UInt8, into out: MutableSamples, count: Int
    ) {
        let other = high ^ low
        for x in 0..<count { out[x] = (row[x] > level ? other : 0) ^ low }
    }

    /// `high` where a sample is above its mean less `offset`, else `low`.
    static func threshold(
        _ row: Samples, above means: Samples, less offset: Int16, high: UInt8, low: UInt8, into out: MutableSamples,
        count: Int
    ) {
        for x in 0..<count { out[x] = Int16(row[x]) &+ offset > Int16(means[x]) ? high : low }
    }

    /// Adds to `votes` how many of the `window` samples from each place on, `step` apart, are at least `trial`.
    static func vote(
        _ row: Samples, window: Int, step: Int, _ trial: Samples, into votes: MutableSamples, count: Int
    ) {
        func vote(_ sample: UInt8, _ level: UInt8) -> UInt8 { sample >= level ? 1 : 0 }
        var place = 0
        while window - place >= 5 {
            let a = row + place * step
            let (b, c, d, e) = (a + step, a + 2 * step, a + 3 * step, a + 4 * step)
            for x in 0..<count {
                let level = trial[x]
                votes[x] =
                    votes[x] &+ vote(a[x], level) &+ vote(b[x], level) &+ vote(c[x], level)
                    &+ vote(d[x], level) &+ vote(e[x], level)
            }
            place += 5
        }
        while place < window {
            let a = row + place * step
            for x in 0..<count { votes[x] = votes[x] &+ vote(a[x], trial[x]) }
            place += 1
        }
    }
}
