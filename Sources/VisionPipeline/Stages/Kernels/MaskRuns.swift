/// The samples of a plane that polygons touch, however little: what is private must not show through at the rim.
struct MaskRuns {
    /// Of each row, from `first` up to `end`, not included; in order, and apart.
    private(set) var rows: [[Range<Int>]]

    /// - Parameter polygons: closed, in shares of the plane's width and height; each counts by the even-odd rule.
    init(_ polygons: [Polygon], width: Int, height: Int) {
        rows = Array(repeating: [], count: height)
        for polygon in polygons {
            let points = polygon.corners.map { (x: $0.x * Double(width), y: $0.y * Double(height)) }
            for y in 0..<height {
                rows[y] += Self.runs(points, y: y, width: width)
            }
        }
        for y in 0..<height { rows[y] = Self.joined(rows[y]) }
    }

    private static func runs(_ points: [(x: Double, y: Double)], y: Int, width: Int) -> [Range<Int>] {
        let (top, bottom) = (Double(y), Double(y) + 1)
        var runs: [Range<Int>] = []
        var crossings: [Double] = []
        func add(_ low: Double, _ high: Double) {
            let first = Int(min(max(low.rounded(.down), 0), Double(width)))
            let end = Int(min(max(high.rounded(.up), 0), Double(width)))
            if first < end { runs.append(first..<end) }
        }
        for (index, a) in points.enumerated() {
            let b = points[(index + 1) % points.count]
            // The part of the edge that lies in this row.
            guard max(a.y, b.y) >= top, min(a.y, b.y) <= bottom else { continue }
            func x(at y: Double) -> Double {
                guard a.y != b.y else { return a.x }
                return a.x + (b.x - a.x) * min(max((y - a.y) / (b.y - a.y), 0), 1)
            }
            if a.y == b.y {
                add(min(a.x, b.x), max(a.x, b.x))
            } else {
                let (first, second) = (x(at: max(top, min(a.y, b.y))), x(at: min(bottom, max(a.y, b.y))))
                add(min(first, second), max(first, second))
            }
            let middle = top + 0.5
            if (a.y <= middle) != (b.y <= middle) { crossings.append(x(at: middle)) }
        }
        crossings.sort()
        // Inside by the even-odd rule.
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) { add(crossings[pair], crossings[pair + 1]) }
        return runs
    }

    private static func joined(_ runs: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, run.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
            } else {
                joined.append(run)
            }
        }
        return joined
    }
}

extension MaskRuns {
    /// Writes `value` to the masked pixels.
    func fill(_ plane: MutablePlane, with value: UInt8, channels: Int = 1) {
        for (y, runs) in rows.enumerated().prefix(plane.height) {
            for run in runs {
                (plane.row(y) + run.lowerBound * channels).update(repeating: value, count: run.count * channels)
            }
        }
    }

    /// Takes over the masked pixels of a plane of the same size.
    func copy(_ source: Plane, to plane: MutablePlane, channels: Int = 1) {
        for (y, runs) in rows.enumerated().prefix(plane.height) {
            for run in runs {
                (plane.row(y) + run.lowerBound * channels).update(
                    from: source.row(y) + run.lowerBound * channels, count: run.count * channels)
            }
        }
    }

    /// Gives the masked pixels the mean of the square that they are in.
    ///
    /// - Parameter side: of a square, in pixels of this plane, at least 1.
    func pixelate(_ source: Plane, to plane: MutablePlane, side: Int, channels: Int = 1) {
        let (width, height) = (plane.width / channels, min(plane.height, rows.count))
        for top in stride(from: 0, to: height, by: side) {
            let bottom = min(top + side, height)
            guard rows[top..<bottom].contains(where: { !$0.isEmpty }) else { continue }
            for left in stride(from: 0, to: width, by: side) {
                let right = min(left + side, width)
                for channel in 0..<channels {
                    var sum = 0
                    for y in top..<bottom {
                        let row = source.row(y) + channel
                        for x in left..<right { sum += Int(row[x * channels]) }
                    }
                    let count = (bottom - top) * (right - left)
                    let mean = UInt8(truncatingIfNeeded: (sum + count / 2) / count)
                    for y in top..<bottom {
                        let row = plane.row(y) + channel
                        for run in rows[y] {
                            for x in run.clamped(to: left..<right) { row[x * channels] = mean }
                        }
                    }
                }
            }
        }
    }
}
