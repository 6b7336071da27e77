public import Plans

/// Something a stage found in a frame, in pixels of that frame: (0, 0) is the outer corner of the first pixel.
public struct Detection: Hashable, Sendable {
    /// What sort of finding this is.
    public var kind: Kind
    /// A number of its own, as a tag has; nil for a thing that has none.
    public var id: Int?
    /// What people call it, for example `tag36h11:7`.
    public var label: String
    /// 0…1.
    public var score: Double
    /// The smallest upright rectangle around it.
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
    /// Where it stands before the camera; nil where that is not known.
    public var pose: Pose?
    /// What else its stage says, for example a zone's counts. Keys carry units.
    public var data: [String: ParameterValue] = [:]

    /// What a stage knows of a thing at first sight; the rest is set where it is known.
    ///
    /// - Parameters:
    ///   - kind: what sort of finding this is.
    ///   - id: a number of its own.
    ///   - label: what people call it.
    ///   - score: 0…1.
    ///   - box: the smallest upright rectangle around it, pixels.
    ///   - corners: in order around the thing, pixels; may be empty.
    public init(kind: Kind, id: Int? = nil, label: String, score: Double, box: Box, corners: [Point] = []) {
        self.kind = kind
        self.id = id
        self.label = label
        self.score = score
        self.box = box
        self.corners = corners
    }

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

extension Detection {
    /// What sort of finding a detection is. A stage of your own may have kinds of its own: `"face"` is one.
    public struct Kind: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        /// As JSON and the option `colors` of `overlay` have it.
        public var rawValue: String

        /// A kind of that name.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// A kind of that name.
        public init(stringLiteral value: String) { rawValue = value }

        /// A tag, by `apriltag`.
        public static let apriltag: Kind = "apriltag"
        /// Something that moves, by `motion`.
        public static let motion: Kind = "motion"
        /// Whether anything moves, by `motion`.
        public static let motionState: Kind = "motion-state"
        /// A polygon with what is in it, by `zones`.
        public static let zone: Kind = "zone"
        /// A line with what has crossed it, by `zones`.
        public static let line: Kind = "line"

        /// Something in the scene, rather than a statement about a part of the picture.
        var isThing: Bool { ![.motionState, .zone, .line].contains(self) }
    }
}

extension Detection {
    /// A place in a frame, pixels to the right and down; or in shares of its width and height.
    public struct Point: Hashable, Sendable {
        /// From the left.
        public var x: Double
        /// From the top.
        public var y: Double

        /// A place so far from the left and from the top.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// An upright rectangle, pixels.
    public struct Box: Hashable, Sendable {
        /// Its left edge.
        public var x: Double
        /// Its upper edge.
        public var y: Double
        /// From its left edge to its right one.
        public var width: Double
        /// From its upper edge to its lower one.
        public var height: Double

        /// A rectangle by its upper left corner and its size.
        public init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }

        /// The smallest box that holds all of `points`; empty at the origin for none.
        public init(around points: [Point]) {
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

        /// Its middle.
        public var center: Point { Point(x: x + width / 2, y: y + height / 2) }

        /// Intersection over union, 0…1.
        func overlap(_ other: Box) -> Double {
            let width = min(x + self.width, other.x + other.width) - max(x, other.x)
            let height = min(y + self.height, other.y + other.height) - max(y, other.y)
            guard width > 0, height > 0 else { return 0 }
            let shared = width * height
            return shared / (self.width * self.height + other.width * other.height - shared)
        }
    }
}
