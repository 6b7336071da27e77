import Plans
import Testing

@testable import VisionPipeline

/// What is cut off from the way to stages and taps, and what is not.
@Suite
struct SideBranchTests {
    private static let camera =
        "rtspsrc name=s location=rtsp://127.0.0.1:9/a ! application/x-rtp,media=video ! rtph264depay ! h264parse name=coded ! avdec_h264 ! streamtap "
    private static let both = """
        rtspsrc name=s location=rtsp://127.0.0.1:9/a
        s. ! application/x-rtp,media=video ! rtph264depay ! h264parse name=coded ! avdec_h264 ! streamtap

        """

    /// A plan, and the names of its branches, each with the number of its ways in.
    static let table: [(String, [String])] = [
        // A recording beside the decoder, however it is written.
        (camera + "coded. ! splitmuxsink name=a location=/tmp/a-%d.mp4", ["a 1"]),
        (
            "rtspsrc location=rtsp://127.0.0.1:9/a ! rtph264depay ! tee name=t t. ! queue ! h264parse ! avdec_h264 ! streamtap t. ! queue ! h264parse ! mp4mux name=m ! filesink location=/tmp/a",
            ["m 1"]
        ),
        (
            "videotestsrc is-live=true ! tee name=t t. ! queue ! streamtap t. ! x264enc name=e ! h264parse ! mp4mux ! filesink location=/tmp/a",
            ["e 1"]
        ),
        ("videotestsrc ! x264enc ! flvmux name=m ! filesink location=/tmp/a", ["m 1"]),
        // Two that have nothing to do with each other, and two that do.
        (
            camera
                + "coded. ! splitmuxsink name=a location=/tmp/a-%d.mp4 coded. ! matroskamux name=b ! filesink location=/tmp/b",
            ["a 1", "b 1"]
        ),
        (
            camera
                + "coded. ! tee name=t t. ! queue ! mpegtsmux ! filesink location=/tmp/a t. ! queue ! matroskamux ! filesink location=/tmp/b",
            ["t 1"]
        ),
        // Sound and pictures to one muxer stay together; what makes a stream of packets stays with the source.
        (
            both
                + "coded. ! m. s. ! application/x-rtp,media=audio ! rtpmp4gdepay ! aacparse ! matroskamux name=m ! filesink location=/tmp/a",
            ["m 2"]
        ),
        (
            "filesrc location=/dev/null ! qtdemux name=d d.video_0 ! queue ! h264parse ! tee name=t t. ! queue ! avdec_h264 ! streamtap t. ! queue ! m. d.audio_0 ! queue ! aacparse ! m. mp4mux name=m ! filesink location=/tmp/a",
            ["m 2"]
        ),
        // A stage's pictures and the camera's sound.
        (
            """
            rtspsrc name=s location=rtsp://127.0.0.1:9/a
            s. ! application/x-rtp,media=video ! rtph264depay ! h264parse ! avdec_h264 ! blur ! streamtap ! x264enc ! m.
            s. ! application/x-rtp,media=audio ! rtpmp4gdepay ! aacparse ! matroskamux name=m ! filesink location=/tmp/a
            """, ["m 2"]
        ),
        // Pads that appear later: a muxer is never parted from what comes to it.
        (
            "souphttpsrc location=http://127.0.0.1:9/ ! multipartdemux ! tee name=c c. ! queue ! streamtap c. ! queue ! avimux name=m ! filesink location=/tmp/a",
            ["m 1"]
        ),
        (
            "souphttpsrc location=http://127.0.0.1:9/ ! multipartdemux name=c ! streamtap c. ! matroskamux name=m ! filesink location=/tmp/a",
            ["m 1"]
        ),
        (
            "filesrc location=/dev/null ! matroskademux ! tee name=c c. ! queue ! jpegdec ! streamtap c. ! queue ! avimux ! filesink location=/tmp/a",
            []
        ),
        // What has a source of its own, leads nowhere, only throws away, or is packets as they come.
        (
            "videotestsrc name=v ! streamtap v. ! x264enc ! m. audiotestsrc ! voaacenc ! m. matroskamux name=m ! filesink location=/tmp/a",
            []
        ),
        ("videotestsrc ! tee name=t t. ! queue ! streamtap t. ! queue ! fakesink", []),
        (
            "rtspsrc name=s location=rtsp://127.0.0.1:9/a s. ! application/x-rtp,media=video ! rtph264depay ! avdec_h264 ! streamtap s. ! application/x-rtp,media=audio ! udpsink port=9",
            []
        ),
        // Nothing beside it.
        (camera, []),
        ("videotestsrc ! blur ! streamtap ! x264enc name=e ! mp4mux ! filesink location=/tmp/a", ["e 1"]),
    ]

    @Test("Branches by name, with how many ways lead in", arguments: table)
    func branches(_ text: String, _ expected: [String]) throws {
        let plan = try PlanBuilder(encoders: EncoderPool(threads: 1)).build(Plan(parsing: text).graph)
        defer { plan.stop() }
        let found = plan.segments.compactMap { segment in
            segment.branchName.map { "\($0) \(segment.inlets.count)" }
        }
        #expect(found.sorted() == expected.sorted(), "\(text)")
        // What is shown of a plan says the same, without knowing elements.
        let graph = try Plan(parsing: text).graph
        let swift = Set(["blur"])
        let shown = PlanDescription(graph, stages: swift).nodes.filter { $0.role == .branch }.map(\.id)
        for name in expected { #expect(shown.contains(String(name.dropLast(2))), "\(shown)") }
        let isDecidedByPads = text.contains("udpsink") || text.contains("matroskademux")
        #expect(expected.isEmpty ? shown.isEmpty || isDecidedByPads : true, "\(shown)")
    }

    @Test("What a branch cannot take is told before anything runs")
    func cannotLink() throws {
        for text in [
            "videotestsrc ! tee name=t t. ! queue ! streamtap t. ! queue ! mp4mux ! filesink location=/tmp/a",
            Self.camera + "coded. ! videoconvert ! x264enc ! filesink location=/tmp/a",
            Self.camera + "coded. ! jpegparse ! filesink location=/tmp/a",
        ] {
            let error = #expect(throws: PlanError.self, "\(text)") {
                try PlanBuilder(encoders: EncoderPool(threads: 1)).build(Plan(parsing: text).graph).stop()
            }
            #expect(error?.diagnostics.map(\.code) == [.cannotLink], "\(error?.diagnostics ?? [])")
        }
    }
}
