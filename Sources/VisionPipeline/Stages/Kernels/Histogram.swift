import CKernels

/// How often each level occurs in a plane.
final class Histogram {
    private(set) var counts = [Int](repeating: 0, count: 256)
    private(set) var total = 0
    private var memory = ScratchMemory()

    func count(_ plane: Plane) {
        total = plane.width * plane.height
        // Four tables in turn: samples side by side are often alike, and one count would have to wait for the other.
        let tables = memory.elements(4 * 256, of: UInt32.self)
        tables.update(repeating: 0, count: 4 * 256)
        for y in 0..<plane.height {
            let row = plane.row(y)
            var x = 0
            while x + 8 <= plane.width {
                let eight = UnsafeRawPointer(row + x).loadUnaligned(as: UInt64.self)
                for place in 0..<8 {
                    let level = Int(truncatingIfNeeded: eight &>> UInt64(8 * place) & 255)
                    tables[place % 4 * 256 + level] &+= 1
                }
                x += 8
            }
            for x in x..<plane.width { tables[Int(row[x])] &+= 1 }
        }
        for level in 0..<256 { counts[level] = (0..<4).reduce(0) { $0 + Int(tables[$1 * 256 + level]) } }
    }

    /// The level that parts the samples into the two classes with the greatest variance between them (Otsu, 1979).
    var otsuLevel: UInt8 {
        guard total > 0 else { return 0 }
        let scale = 1 / Double(total)
        let mean = counts.indices.reduce(0.0) { $0 + Double($1) * Double(counts[$1]) } * scale
        // As near to nothing as a class's share may come.
        let least = Double(Float.ulpOfOne)
        var (lowerShare, lowerMean) = (0.0, 0.0)
        var (best, level) = (0.0, 0)
        for value in 0..<256 {
            let share = Double(counts[value]) * scale
            lowerMean *= lowerShare
            lowerShare += share
            let upperShare = 1 - lowerShare
            guard min(lowerShare, upperShare) >= least, max(lowerShare, upperShare) <= 1 - least else { continue }
            lowerMean = (lowerMean + Double(value) * share) / lowerShare
            let upperMean = (mean - lowerShare * lowerMean) / upperShare
            let variance = lowerShare * upperShare * (lowerMean - upperMean) * (lowerMean - upperMean)
            if variance > best { (best, level) = (variance, value) }
        }
        return UInt8(level)
    }

    /// The lowest and the highest level of a plane; of one without samples 255 and 0.
    static func extremes(of plane: Plane) -> (low: UInt8, high: UInt8) {
        var (low, high) = (UInt8.max, UInt8.min)
        for y in 0..<plane.height {
            kernel_extremes(plane.row(y), plane.width, &low, &high)
        }
        return (low, high)
    }

    /// The lowest and highest level once `share` of the samples, 0 ..< 0.5, is left out at either end.
    func bounds(without share: Double) -> (low: UInt8, high: UInt8) {
        let spare = Int(Double(total) * min(max(share, 0), 0.499))
        var (low, high) = (0, 255)
        var below = counts[low]
        while below <= spare, low < 255 {
            low += 1
            below += counts[low]
        }
        var above = counts[high]
        while above <= spare, high > low {
            high -= 1
            above += counts[high]
        }
        return (UInt8(low), UInt8(high))
    }
}
