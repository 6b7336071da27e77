/// Something a stage found in a frame, in pixels of that frame.
public struct Detection: Hashable, Sendable {
    /// The finder's kind, for example `apriltag`.
    public var kind: String
    public var id: Int?
    public var label: String
    /// 0…1.
    public var score: Double
    /// x, y, width, height.
    public var box: Box
    /// In order around the thing; may be empty.
    public var corners: [Point]

    public struct Point: Hashable, Sendable {
        public var x: Double
        public var y: Double
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public struct Box: Hashable, Sendable {
        public var x: Double
        public var y: Double
        public var width: Double
        public var height: Double
        public init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    public init(kind: String, id: Int? = nil, label: String, score: Double, box: Box, corners: [Point] = []) {
        self.kind = kind
        self.id = id
        self.label = label
        self.score = score
        self.box = box
        self.corners = corners
    }
}

extension Detection {
    /// The mean of the corners; the middle of the box where there are none.
    public var center: Point {
        guard !corners.isEmpty else { return Point(x: box.x + box.width / 2, y: box.y + box.height / 2) }
        let count = Double(corners.count)
        return Point(
            x: corners.reduce(0) { $0 + $1.x } / count,
            y: corners.reduce(0) { $0 + $1.y } / count)
    }
}
