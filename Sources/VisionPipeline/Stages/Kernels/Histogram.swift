/// How often each level occurs in a plane.
final class Histogram {
    private(set) var counts = [Int](repeating: 0, count: 256)
    private(set) var total = 0

    func count(_ plane: Plane) {
        total = plane.width * plane.height
        counts.withUnsafeMutableBufferPointer { counts in
            counts.update(repeating: 0)
            guard let count = counts.baseAddress else { return }
            for y in 0..<plane.height {
                let row = plane.row(y)
                for x in 0..<plane.width { count[Int(row[x])] &+= 1 }
            }
        }
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
