public import Plans

/// Something a stage found in a frame, in pixels of that frame: (0, 0) is the outer corner of the first pixel.
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
    /// The thing's middle where it is not the mean of the corners.
    public var anchor: Point?
    /// The number that `track` gave to this thing; the same in every frame that shows it.
    public var track: Int?
    /// Bits of a tag's code that were read wrong and put right.
    public var hamming: Int?
    /// How clearly a tag's bits were read: gray levels from the line between black and white.
    public var margin: Double?
    public var pose: Pose?
    /// What else its stage says, for example a zone's counts. Keys carry units.
    public var data: [String: ParameterValue] = [:]

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
