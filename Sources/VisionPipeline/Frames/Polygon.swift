extension Array<Detection.Point> {
    /// Whether these corners, in order, turn the same way at each one and hold at least one square pixel.
    var isConvex: Bool {
        guard count >= 3, allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return false }
        var area = 0.0
        var left = 0
        var right = 0
        for index in indices {
            let (a, b, c) = (self[index], self[(index + 1) % count], self[(index + 2) % count])
            let turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
            if turn > 0 { right += 1 }
            if turn < 0 { left += 1 }
            area += a.x * b.y - b.x * a.y
        }
        return Swift.min(left, right) == 0 && Swift.max(left, right) == count && abs(area) >= 2
    }

    /// Pixels, of this closed polygon.
    var shortestSide: Double {
        indices.map { index in
            let (a, b) = (self[index], self[(index + 1) % count])
            return ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
        }.min() ?? 0
    }

    /// Whether a point lies in this polygon, by the even-odd rule.
    func contains(_ point: Detection.Point) -> Bool {
        var isInside = false
        for index in indices {
            let (a, b) = (self[index], self[(index + 1) % count])
            guard (a.y > point.y) != (b.y > point.y) else { continue }
            if point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y) { isInside.toggle() }
        }
        return isInside
    }
}
