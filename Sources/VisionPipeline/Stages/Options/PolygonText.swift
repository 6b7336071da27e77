/// Points and polygons in a plan's text, in shares of the picture's width and height:
/// `0,0 0.5,0 0.5,1; 0.8,0.8 1,0.8 1,1`.
enum PolygonText {
    /// The polygons of a text, with a semicolon between them; none of an empty one.
    ///
    /// - Throws: `StageError.options` that names what cannot be read, or a polygon of fewer than three corners.
    static func polygons(_ text: String) throws(StageError) -> [Polygon] {
        var polygons: [Polygon] = []
        for part in text.split(separator: ";") {
            let corners = try points(part)
            guard !corners.isEmpty else { continue }
            guard corners.count >= 3 else {
                throw StageError(
                    .options, "a polygon needs three corners, and '\(part.prefix(40))' has \(corners.count)")
            }
            polygons.append(Polygon(corners: corners))
        }
        return polygons
    }

    /// The points of a text, with spaces between them.
    ///
    /// - Throws: `StageError.options` that names what cannot be read.
    static func points(_ text: some StringProtocol) throws(StageError) -> [Detection.Point] {
        var points: [Detection.Point] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let numbers = word.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count == 2, let x = numbers[0], let y = numbers[1], (0...1).contains(x), (0...1).contains(y)
            else {
                throw StageError(.options, "'\(word.prefix(40))' is not a point x,y with numbers from 0 to 1")
            }
            points.append(Detection.Point(x: x, y: y))
        }
        return points
    }
}
