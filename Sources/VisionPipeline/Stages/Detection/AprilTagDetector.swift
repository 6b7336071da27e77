import CAprilTag

/// libapriltag's detector with its families, held against the inputs that it cannot bear.
///
/// Confined to its stage: one picture at a time. What the library (3.3) does with an unguarded picture, and what is done
/// about it here:
/// - Fewer than four pixels a side after decimation: it reads and writes before its tables and dies. Fewer than 5,120
///   pixels: its list of memory pools has no room for the first. So small pictures are found in a padded copy.
/// - Threads of its own: when the system wakes one without need, its pool counts that one twice as done and runs tasks
///   whose memory is gone. So there is one thread, the caller's, for which it has no pool.
/// - A blur without decimation is done in the caller's own picture, and reads the gap behind its last row. So such a
///   picture is copied; every other one is used where it lies.
/// - A decimation that is neither whole nor 1.5 gives corners in the wrong place. `Decimation` has no such value.
/// - 16-bit coordinates with one binary place, and arrays on the stack that grow with width + height. So a side is
///   8,192 pixels at most.
/// - A table of corrected codes that cannot be had is used all the same: see `AprilTagTables`.
final class AprilTagDetector {
    struct Configuration: Hashable {
        var families: [AprilTagFamily] = [.tag36h11]
        var decimation = Decimation.two
        /// Standard deviation of the blur before tags are looked for, in decimated pixels; below 0.5 there is none.
        var sigma = 0.0
        var refinesEdges = true
        /// Gray levels; tags read less clearly are left out.
        var minimumMargin = 0.0
        /// Wrong bits that are put right, 0…2.
        var maximumHamming = 1
        var camera: CameraModel?
    }

    /// By how much the picture is reduced before tags are looked for; their bits are read at full size.
    enum Decimation: String, CaseIterable {
        case one = "1"
        case oneAndAHalf = "1.5"
        case two = "2"
        case three = "3"
        case four = "4"

        var factor: Double { Double(rawValue) ?? 1 }
    }

    /// Pixels a side.
    static let largestSide = 8192
    /// Pixels a side after decimation; more than the widest blur kernel, and room for the first memory pool.
    private static let smallestSide = 96
    /// Pixels. Bits narrower than this are guessed rather than read: in pictures of grass and gravel there is always
    /// some speck that decodes.
    private static let smallestCell = 1.5
    private let configuration: Configuration
    private let detector: UnsafeMutablePointer<apriltag_detector_t>
    private let tables: AprilTagTables
    private let padding = PaddedPicture()

    /// - Throws: `StageError` when the families' tables would take too much memory.
    convenience init(_ configuration: Configuration) throws(StageError) {
        try self.init(
            configuration,
            tables: AprilTagTables(configuration.families, maximumHamming: configuration.maximumHamming))
    }

    /// One that looks for the same as another, with its tables.
    convenience init(beside other: AprilTagDetector) throws(StageError) {
        try self.init(other.configuration, tables: other.tables)
    }

    private init(_ configuration: Configuration, tables: AprilTagTables) throws(StageError) {
        guard let detector = apriltag_detector_create() else { throw AprilTagTables.outOfMemory }
        self.configuration = configuration
        self.tables = tables
        self.detector = detector
        detector.pointee.quad_decimate = Float(configuration.decimation.factor)
        detector.pointee.quad_sigma = Float(configuration.sigma)
        detector.pointee.refine_edges = configuration.refinesEdges
        detector.pointee.debug = false
        detector.pointee.nthreads = 1
        tables.lend(to: detector)
    }

    deinit {
        AprilTagTables.takeBack(from: detector)
        apriltag_detector_destroy(detector)
    }

    /// The tags in a luma plane, by family and number.
    ///
    /// - Throws: `StageError` for a plane that is too large.
    func detect(_ plane: Plane) throws(StageError) -> [AprilTag] {
        guard plane.width > 0, plane.height > 0 else { return [] }
        guard plane.width <= Self.largestSide, plane.height <= Self.largestSide else {
            throw StageError(
                .format, "apriltag takes frames up to \(Self.largestSide) pixels a side; put resize before it")
        }
        let picture = prepared(plane)
        // The library takes a mutable picture and, prepared like this, only reads it.
        var image = image_u8_t(
            width: Int32(picture.width), height: Int32(picture.height), stride: Int32(picture.stride),
            buf: UnsafeMutablePointer(mutating: picture.samples))
        guard let found = apriltag_detector_detect(detector, &image) else { return [] }
        defer { apriltag_detections_destroy(found) }
        var tags: [AprilTag] = []
        for index in 0..<zarray_size(found) {
            var element: UnsafeMutablePointer<apriltag_detection_t>?
            zarray_get(found, index, &element)
            if let element, let tag = tag(element, in: plane) { tags.append(tag) }
        }
        // The library sorts by number alone, and not always the same way.
        return tags.sorted { a, b in
            (a.family.rawValue, a.id, a.center.x, a.center.y) < (b.family.rawValue, b.id, b.center.x, b.center.y)
        }
    }

    /// The plane itself wherever the library can read it in place.
    private func prepared(_ plane: Plane) -> Plane {
        let smallest = Int((Double(Self.smallestSide) * configuration.decimation.factor).rounded(.up))
        let isBlurredInPlace = configuration.decimation == .one && configuration.sigma >= 0.5
        let isSmall = plane.width < smallest || plane.height < smallest
        // Its threshold image has this stride too, and its size is an Int32.
        let isFarApart = plane.stride < plane.width || plane.stride > 4 * Self.largestSide
        guard isSmall || isBlurredInPlace || isFarApart else { return plane }
        return padding.copy(plane, width: max(plane.width, smallest), height: max(plane.height, smallest))
    }

    /// Nil for one that is not to be reported.
    private func tag(_ found: UnsafeMutablePointer<apriltag_detection_t>, in plane: Plane) -> AprilTag? {
        let detection = found.pointee
        let margin = Double(detection.decision_margin)
        guard margin >= configuration.minimumMargin,
            let (kind, family) = tables.families.first(where: { $0.family == detection.family })
        else { return nil }
        // The library starts at the bottom left and goes the other way round.
        let p = detection.p
        let corners = [p.3, p.2, p.1, p.0].map { Detection.Point(x: $0.0, y: $0.1) }
        // Noise may decode by chance from a quad that is none.
        let outline = Polygon(corners: corners)
        guard outline.isConvex, detection.c.0.isFinite, detection.c.1.isFinite,
            outline.shortestSide >= Self.smallestCell * Double(family.pointee.width_at_border)
        else { return nil }
        return AprilTag(
            family: kind, id: Int(detection.id), hamming: Int(detection.hamming), margin: margin,
            corners: corners, center: Detection.Point(x: detection.c.0, y: detection.c.1),
            pose: configuration.camera?.pose(
                of: found, corners: corners, width: plane.width, height: plane.height))
    }
}
