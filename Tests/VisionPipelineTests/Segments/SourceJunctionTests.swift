import Plans
import Testing

@testable import VisionPipeline

/// Where several sources are parted from what makes one of them, and where they are not.
@Suite
struct SourceJunctionTests {
    private static func camera(_ number: Int) -> String {
        "rtspsrc name=s\(number) location=rtsp://127.0.0.1:9/\(number) ! rtph264depay ! avdec_h264"
    }
    private static let film = "filesrc location=/dev/null ! decodebin"

    /// A plan, and its branches by name, each with the number of its ways in.
    static let table: [(String, [String])] = [
        ("compositor name=c ! streamtap \(camera(1)) ! c. \(camera(2)) ! c.", ["c 2"]),
        (
            "compositor name=c ! streamtap \(camera(1)) ! videoconvert ! c.sink_0 \(camera(2)) ! queue ! c.sink_3",
            ["c 2"]
        ),
        ("videomixer name=c ! streamtap \(camera(1)) ! c. \(camera(2)) ! c.", ["c 2"]),
        ("input-selector name=c ! streamtap \(camera(1)) ! c. \(camera(2)) ! c.", ["c 2"]),
        ("funnel name=c ! videoconvert ! streamtap \(camera(1)) ! c. \(camera(2)) ! c.", ["c 2"]),
        (
            "compositor name=c ! streamtap rtspsrc location=rtsp://127.0.0.1:9/1 ! decodebin ! c. uridecodebin uri=rtsp://127.0.0.1:9/2 ! c.",
            ["c 2"]
        ),
        ("compositor name=c ! streamtap v4l2src ! c. videotestsrc is-live=1 ! c.", ["c 2"]),
        // A tap on the way stays with its camera.
        ("compositor name=c ! streamtap \(camera(1)) ! streamtap name=one ! c. \(camera(2)) ! c.", ["c 2"]),
        // One camera twice, and one of two junctions behind another.
        (
            "compositor name=c ! streamtap \(camera(1)) ! tee name=t t. ! queue ! c. t. ! queue ! c. \(camera(2)) ! c.",
            ["c 3"]
        ),
        (
            "compositor name=c ! queue ! d. compositor name=d ! streamtap \(camera(1)) ! c. \(camera(2)) ! c. \(camera(3)) ! d.",
            ["c 3"]
        ),
        // One behind a stage.
        ("compositor name=c ! streamtap \(camera(1)) ! blur ! c. \(camera(2)) ! c.", ["c 2"]),
        ("compositor name=c ! streamtap \(camera(1)) ! blur ! videoscale ! c. \(camera(2)) ! c.", ["c 2"]),
        // Coded, and with sound.
        (
            "mpegtsmux name=m ! filesink location=/tmp/a rtspsrc location=rtsp://127.0.0.1:9/1 ! rtph264depay ! h264parse ! m. rtspsrc location=rtsp://127.0.0.1:9/2 ! rtph264depay ! h264parse ! m.",
            ["m 2"]
        ),
        (
            "videotestsrc is-live=true name=v ! streamtap v. ! x264enc ! m. audiotestsrc is-live=true ! voaacenc ! m. matroskamux name=m ! filesink location=/tmp/a",
            ["m 2"]
        ),
        (
            "v4l2src ! blur name=b ! streamtap b. ! x264enc ! m. audiotestsrc is-live=true ! voaacenc ! m. matroskamux name=m ! filesink location=/tmp/a",
            ["m 2"]
        ),
        (
            "audiomixer name=a ! filesink location=/tmp/a audiotestsrc is-live=true ! a. audiotestsrc is-live=true ! a.",
            ["a 2"]
        ),
        // A film keeps its time.
        ("compositor name=c ! streamtap \(film) ! c. \(film) ! c.", []),
        ("compositor name=c ! streamtap \(film) ! c. \(camera(2)) ! c.", []),
        ("compositor name=c ! streamtap videotestsrc ! c. \(camera(2)) ! c.", []),
        ("compositor name=c ! d. compositor name=d ! streamtap \(camera(1)) ! c. \(camera(2)) ! c. \(film) ! d.", []),
        // Nothing says which pad is meant, or there is one source only.
        (
            "funnel name=c ! videoconvert ! streamtap rtspsrc location=rtsp://127.0.0.1:9/1 ! decodebin ! c. \(camera(2)) ! c.",
            []
        ),
        ("compositor name=c ! streamtap \(camera(1)) ! tee name=t t. ! queue ! c. t. ! queue ! c.", []),
    ]

    @Test("Branches by name, with how many ways lead in", arguments: table)
    func branches(_ text: String, _ expected: [String]) throws {
        #expect(try Self.branches(of: Plan(parsing: text)) == expected, "\(text)")
    }

    @Test("What the plan says of its sources counts")
    func said() throws {
        let text = "compositor name=c ! streamtap \(Self.film) ! c. \(Self.camera(2)) ! c."
        #expect(try Self.branches(of: Plan(parsing: "---\nlive: true\n---\n\(text)")) == ["c 2"])
        let cameras = "compositor name=c ! streamtap \(Self.camera(1)) ! c. \(Self.camera(2)) ! c."
        #expect(try Self.branches(of: Plan(parsing: "---\nlive: false\n---\n\(cameras)")).isEmpty)
    }

    private static func branches(of plan: Plan) throws -> [String] {
        var builder = PlanBuilder(encoders: EncoderPool(threads: 1))
        builder.isLive = plan.isLive
        let built = try builder.build(plan.graph)
        defer { built.stop() }
        return built.segments.compactMap { segment in segment.branchName.map { "\($0) \(segment.inlets.count)" } }
            .sorted()
    }
}
