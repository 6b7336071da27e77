/// Points in a plan's text: `0.1,0.2 0.5,0.2`, in shares of the picture's width and height.
enum PointText {
    /// - Throws: `StageError` that names what cannot be read.
    static func parse(_ text: some StringProtocol) throws(StageError) -> [Detection.Point] {
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
