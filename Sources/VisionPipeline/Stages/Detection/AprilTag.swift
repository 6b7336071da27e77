/// One tag as the library found it, in pixels of the picture: (0, 0) is the outer corner of the first pixel.
struct AprilTag: Hashable, Sendable {
    var family: AprilTagFamily
    /// Its number in the family.
    var id: Int
    /// Bits that were read wrong and put right.
    var hamming: Int
    /// How far, on average, a bit's brightness lay from the line between black and white: gray levels.
    var margin: Double
    /// Of the tag itself, however it lies: top left, top right, bottom right, bottom left of its border.
    var corners: [Detection.Point]
    /// Where the tag's diagonals meet. Under perspective it is not the mean of the corners.
    var center: Detection.Point
    var pose: Detection.Pose?
}

extension AprilTag {
    /// The margin from which a tag scores 1. A tag in good light, black on white, has about 100 or more.
    private static let fullMargin = 100.0

    var detection: Detection {
        var detection = Detection(
            kind: .apriltag, id: id, label: "\(family.rawValue):\(id)", score: min(margin / Self.fullMargin, 1),
            box: Detection.Box(around: corners), corners: corners)
        detection.anchor = center
        detection.hamming = hamming
        detection.margin = margin
        detection.pose = pose
        return detection
    }
}
