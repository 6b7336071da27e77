/// A part of the picture with a name: a polygon, or a line that things cross.
struct Zone: Hashable {
    var name: String
    /// Shares of the picture's width and height; two make a line.
    var points: [Detection.Point]

    var isLine: Bool { points.count == 2 }

    var polygon: Polygon { Polygon(corners: points) }

    /// The zones of a text like `door: 0.1,0.2 0.4,0.2 0.4,0.8; gate: 0.5,0 0.5,1`.
    ///
    ///     zones = zone *( ";" zone )          ; a semicolon may stand at the end too
    ///     zone  = name ":" point 1*( " " point )   ; two points: a line, more: a polygon
    ///     point = x "," y                     ; 0 to 1, from the left and from the top
    ///
    /// - Throws: `StageError` that names what cannot be read.
    static func list(_ text: String) throws(StageError) -> [Zone] {
        var zones: [Zone] = []
        for part in text.split(separator: ";") where part.contains(where: { !$0.isWhitespace }) {
            let words = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = words[0].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard words.count == 2, !name.isEmpty else {
                throw StageError(.options, "zones: '\(part.prefix(40))' is not a name, a colon and points")
            }
            guard !zones.contains(where: { $0.name == name }) else {
                throw StageError(.options, "zones: there are two named '\(name.prefix(40))'")
            }
            let points = try PolygonText.points(words[1])
            guard points.count >= 2 else {
                throw StageError(
                    .options, "zones: '\(name.prefix(40))' needs two points for a line, three for a polygon")
            }
            zones.append(Zone(name: name, points: points))
        }
        guard !zones.isEmpty else { throw StageError(.options, "zones: name at least one, as door: 0,0 0.5,0 0.5,1") }
        return zones
    }
}
