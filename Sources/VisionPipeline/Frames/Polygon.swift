/// A closed polygon: its corners in order, in pixels or in shares of a picture.
struct Polygon: Hashable, Sendable {
    var corners: [Detection.Point]

    /// Whether a point lies in it, by the even-odd rule.
    func contains(_ point: Detection.Point) -> Bool {
        var isInside = false
        for (a, b) in sides {
            guard (a.y > point.y) != (b.y > point.y) else { continue }
            if point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y) { isInside.toggle() }
        }
        return isInside
    }

    /// Whether it turns the same way at each corner, in pixels, and holds at least one square pixel.
    var isConvex: Bool {
        let count = corners.count
        guard count >= 3, corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return false }
        var area = 0.0
        var left = 0
        var right = 0
        for index in corners.indices {
            let (a, b, c) = (corners[index], corners[(index + 1) % count], corners[(index + 2) % count])
            let turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
            if turn > 0 { right += 1 }
            if turn < 0 { left += 1 }
            area += a.x * b.y - b.x * a.y
        }
        return min(left, right) == 0 && max(left, right) == count && abs(area) >= 2
    }

    /// The length of its shortest side, in its own units; 0 without corners.
    var shortestSide: Double {
        sides.map { a, b in
            ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
        }.min() ?? 0
    }

    /// From each corner to the next, from the last to the first.
    private var sides: Zip2Sequence<[Detection.Point], [Detection.Point]> {
        zip(corners, Array(corners.dropFirst()) + corners.prefix(1))
    }
}
