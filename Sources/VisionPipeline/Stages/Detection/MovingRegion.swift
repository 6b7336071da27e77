/// Cells that moved and touch each other, or have one still cell between them.
struct MovingRegion: Hashable {
    /// The first and last column and row.
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int
    /// Cells.
    var area = 0
    /// Sum of the cells' differences, gray levels.
    var change: Float = 0

    /// The regions of a picture, from top to bottom.
    ///
    /// - Parameters:
    ///   - differences: row by row, 0 where nothing moved.
    ///   - reach: how many cells apart two cells of one region may be.
    static func find(in differences: [Float], width: Int, height: Int, reach: Int = 2) -> [MovingRegion] {
        guard width > 0, height > 0, differences.count == width * height else { return [] }
        var regions: [MovingRegion] = []
        var isSeen = [Bool](repeating: false, count: differences.count)
        var pending: [Int] = []
        for start in differences.indices where differences[start] > 0 && !isSeen[start] {
            var region = MovingRegion(left: width, top: height, right: -1, bottom: -1)
            isSeen[start] = true
            pending.append(start)
            while let cell = pending.popLast() {
                let (x, y) = (cell % width, cell / width)
                region.add(x, y, differences[cell])
                for ny in max(y - reach, 0)...min(y + reach, height - 1) {
                    for nx in max(x - reach, 0)...min(x + reach, width - 1) {
                        let neighbour = ny * width + nx
                        guard differences[neighbour] > 0, !isSeen[neighbour] else { continue }
                        isSeen[neighbour] = true
                        pending.append(neighbour)
                    }
                }
            }
            regions.append(region)
        }
        return regions
    }

    private mutating func add(_ x: Int, _ y: Int, _ difference: Float) {
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
        area += 1
        change += difference
    }
}
