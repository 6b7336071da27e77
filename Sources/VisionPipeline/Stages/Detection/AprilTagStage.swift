import Plans
import WorkerLink

/// Finds AprilTags. The picture goes on as it is, without a copy; what was found goes with it.
struct AprilTagStage: Stage {
    static let description = StageDescription(
        name: "apriltag",
        summary: "Finds AprilTags: number, corners, how clearly they were read, and where they stand.", oneAtATime: nil,
        options: [
            StageOptionDescription(
                name: "family", type: .string, default: .string("tag36h11"),
                summary: "Tag families, separated by commas: "
                    + AprilTagFamily.allCases.map(\.rawValue).joined(separator: ", ") + "."),
            .choice(
                name: "decimate", default: AprilTagDetector.Decimation.two,
                summary: "Looks for tags in a picture reduced by this: faster, but misses small tags; 1 finds most."),
            StageOptionDescription(
                name: "sigma", type: .number, default: .number(0), minimum: 0, maximum: 8,
                summary: "Blurs by this many reduced pixels before looking, against noise; below 0.5 it does nothing."),
            StageOptionDescription(
                name: "refine", type: .boolean, default: .boolean(true),
                summary: "Moves a tag's edges to the strongest contrast nearby, for more exact corners."),
            StageOptionDescription(
                name: "min_margin", type: .number, default: .number(10), minimum: 0, maximum: 255,
                summary:
                    "Leaves out tags whose bits lie closer than this many gray levels to the line between black and white."
            ),
            StageOptionDescription(
                name: "max_hamming", type: .integer, default: .integer(1), minimum: 0, maximum: 2,
                summary: "Wrong bits that are put right; more finds more, and more that is none."),
            StageOptionDescription(
                name: "tag_size", type: .number, default: .number(0), minimum: 0, maximum: 1000,
                summary: "Side of a tag's border in metres; with fx and fy it gives poses, 0 gives none."),
            StageOptionDescription(
                name: "fx", type: .number, default: .number(0), minimum: 0, maximum: 100_000,
                summary: "The camera's horizontal focal length in pixels of this frame."),
            StageOptionDescription(
                name: "fy", type: .number, default: .number(0), minimum: 0, maximum: 100_000,
                summary: "The vertical focal length; 0 takes fx."),
            StageOptionDescription(
                name: "cx", type: .number, default: .number(0), minimum: 0, maximum: 100_000,
                summary: "Where the optical axis meets the picture, from the left in pixels; 0 takes the middle."),
            StageOptionDescription(
                name: "cy", type: .number, default: .number(0), minimum: 0, maximum: 100_000,
                summary: "The same from the top; 0 takes the middle."),
        ])

    private let detector: AprilTagDetector

    init(options: StageOptions) throws {
        let configuration = AprilTagDetector.Configuration(
            families: try AprilTagFamily.list(options.string("family") ?? "tag36h11"),
            decimation: options.choice("decimate") ?? .two,
            sigma: options.number("sigma") ?? 0,
            refinesEdges: options.boolean("refine") ?? true,
            minimumMargin: options.number("min_margin") ?? 10,
            maximumHamming: options.integer("max_hamming") ?? 1,
            camera: try Self.camera(options))
        detector = try AprilTagDetector(configuration)
    }

    init(beside first: AprilTagStage, options: StageOptions) throws {
        detector = try AprilTagDetector(beside: first.detector)
    }

    func process(_ frame: Frame) throws -> Frame? {
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "apriltag") }
        let tags = try frame.withPlanes { planes in try detector.detect(planes[0]) }
        return frame.with(detections: (frame.detections ?? []) + tags.map(\.detection))
    }

    /// Nil without a tag size.
    private static func camera(_ options: StageOptions) throws(StageError) -> CameraModel? {
        func given(_ name: String) -> Double? {
            options.number(name).flatMap { $0 > 0 ? $0 : nil }
        }
        let camera = ["fx", "fy", "cx", "cy"].filter { given($0) != nil }
        guard let tagSize = given("tag_size") else {
            guard let first = camera.first else { return nil }
            throw StageError(.options, "\(first) has no use without tag_size, the side of a tag's border in metres")
        }
        guard let fx = given("fx") else {
            throw StageError(.options, "tag_size needs fx, the camera's focal length in pixels")
        }
        return CameraModel(tagSize: tagSize, fx: fx, fy: given("fy") ?? fx, cx: given("cx"), cy: given("cy"))
    }
}
