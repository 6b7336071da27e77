extension Orientation {
    /// What `image-orientation` says in GStreamer: a flip of left and right first, then a turn clockwise; nil for other words.
    init?(tag: String) {
        switch tag {
        case "rotate-0": self = .upright
        case "rotate-90": self = .rotated90
        case "rotate-180": self = .rotated180
        case "rotate-270": self = .rotated270
        case "flip-rotate-0": self = .mirrored
        case "flip-rotate-90": self = .transversed
        case "flip-rotate-180": self = .flipped
        case "flip-rotate-270": self = .transposed
        default: return nil
        }
    }

    /// What puts such a picture upright.
    var transform: PlaneTransform {
        switch self {
        case .upright: PlaneTransform()
        case .mirrored: PlaneTransform(flipsHorizontally: true)
        case .rotated180: PlaneTransform(turn: .half)
        case .flipped: PlaneTransform(flipsVertically: true)
        case .transposed: PlaneTransform(turn: .quarter, flipsHorizontally: true)
        case .rotated90: PlaneTransform(turn: .quarter)
        case .transversed: PlaneTransform(turn: .quarter, flipsVertically: true)
        case .rotated270: PlaneTransform(turn: .threeQuarters)
        }
    }
}
