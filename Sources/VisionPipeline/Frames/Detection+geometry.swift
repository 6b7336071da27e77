extension Detection {
    /// `anchor` where a stage has set it; else the mean of the corners; else the middle of the box.
    public var center: Point {
        if let anchor { return anchor }
        guard !corners.isEmpty else { return box.center }
        let count = Double(corners.count)
        return Point(
            x: corners.reduce(0) { $0 + $1.x } / count,
            y: corners.reduce(0) { $0 + $1.y } / count)
    }
}

extension Detection.Box {
    var center: Detection.Point { Detection.Point(x: x + width / 2, y: y + height / 2) }

    /// The smallest box that holds all of `points`; empty at the origin for none.
    init(around points: [Detection.Point]) {
        guard let first = points.first else {
            self.init(x: 0, y: 0, width: 0, height: 0)
            return
        }
        var (left, top, right, bottom) = (first.x, first.y, first.x, first.y)
        for point in points {
            left = min(left, point.x)
            right = max(right, point.x)
            top = min(top, point.y)
            bottom = max(bottom, point.y)
        }
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Intersection over union, 0…1.
    func overlap(_ other: Detection.Box) -> Double {
        let width = min(x + self.width, other.x + other.width) - max(x, other.x)
        let height = min(y + self.height, other.y + other.height) - max(y, other.y)
        guard width > 0, height > 0 else { return 0 }
        let shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)
    }
}
