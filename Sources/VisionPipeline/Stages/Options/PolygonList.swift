/// Polygons written in a plan: `0,0 0.5,0 0.5,1; 0.8,0.8 1,0.8 1,1`.
enum PolygonList {
    /// - Returns: at least one polygon, each of at least three points, in shares of width and height.
    /// - Throws: `StageError.options` that names what cannot be read.
    static func parse(_ text: String) throws(StageError) -> [[Detection.Point]] {
        var polygons: [[Detection.Point]] = []
        for part in text.split(separator: ";") {
            var points: [Detection.Point] = []
            for word in part.split(whereSeparator: \.isWhitespace) { points.append(try point(word)) }
            guard !points.isEmpty else { continue }
            guard points.count >= 3 else {
                throw StageError(.options, "a polygon needs three corners, and '\(shown(part))' has \(points.count)")
            }
            polygons.append(points)
        }
        guard !polygons.isEmpty else { throw StageError(.options, "polygons must name at least one polygon") }
        return polygons
    }

    private static func point(_ word: Substring) throws(StageError) -> Detection.Point {
        let numbers = word.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard numbers.count == 2, let x = numbers[0], let y = numbers[1], (0...1).contains(x), (0...1).contains(y)
        else {
            throw StageError(.options, "'\(shown(word))' is not a corner x,y with numbers from 0 to 1")
        }
        return Detection.Point(x: x, y: y)
    }

    private static func shown(_ text: Substring) -> Substring { text.prefix(40) }
}
