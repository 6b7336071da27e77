extension Array<Detection.Point> {
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
