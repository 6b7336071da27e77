import Plans
import Testing

/// One piece of syntax and the graph it means, `SOURCE > TARGET` and `TAP @ NODE`.
struct GoodPlan: CustomTestStringConvertible, Sendable {
    var text: String
    var expected: [String]

    init(_ text: String, _ expected: String...) {
        self.text = text
        self.expected = expected
    }

    var testDescription: String { text.replacing("\n", with: "⏎") }
}

@Suite("Syntax that means a graph")
struct SyntaxTests {
    static let graphs: [GoodPlan] = [
        GoodPlan("videotestsrc ! streamtap", "videotestsrc0 > tap0", "tap0 @ videotestsrc0"),
        GoodPlan("videotestsrc!streamtap", "videotestsrc0 > tap0", "tap0 @ videotestsrc0"),
        GoodPlan("$ gst-launch-1.0 -v -e videotestsrc ! streamtap", "videotestsrc0 > tap0", "tap0 @ videotestsrc0"),
        GoodPlan(
            "GST_DEBUG=2 gst-launch-1.0 --no-fault videotestsrc \\\n  ! streamtap \\  ", "videotestsrc0 > tap0",
            "tap0 @ videotestsrc0"),
        GoodPlan(
            "videotestsrc '!' streamtap \\! fakesink", "videotestsrc0 > tap0", "videotestsrc0 > fakesink0",
            "tap0 @ videotestsrc0"),
        GoodPlan("gst:blur ! streamtap", "blur0 > tap0", "tap0 @ blur0"),
        // A tap in the middle passes frames on; two in a row hang on the same node.
        GoodPlan(
            "a ! streamtap ! streamtap name=x ! b ! streamtap", "a0 > tap0", "a0 > x", "a0 > b0", "b0 > tap1",
            "tap0 @ a0", "x @ a0", "tap1 @ b0"),
        GoodPlan("a ! streamtap name=t\nt. ! b", "a0 > t", "a0 > b0", "t @ a0"),
        GoodPlan("t. ! b\na ! streamtap name=t", "a0 > b0", "a0 > t", "t @ a0"),
        GoodPlan("demux name=d d.video_0 ! streamtap name=t t. ! b", "d.video_0 > t", "d.video_0 > b0", "t @ d"),
        // References before and after their definition, at a chain's start, middle and end.
        GoodPlan("a ! m. b ! m. mux name=m ! streamtap", "a0 > m", "b0 > m", "m > tap0", "tap0 @ m"),
        GoodPlan("a ! m. ! c mux name=m ! streamtap", "a0 > m", "m > c0", "m > tap0", "tap0 @ m"),
        GoodPlan("a ! m.sink_1 m.src ! streamtap mux name=m", "a0 > m.sink_1", "m.src > tap0", "tap0 @ m"),
        GoodPlan("a .src ! .sink b .src_0 ! streamtap", "a0.src > b0.sink", "b0.src_0 > tap0", "tap0 @ b0"),
        GoodPlan(
            "a ! tee name=t t. ! queue ! b t. ! queue ! streamtap",
            "a0 > t", "t > queue0", "queue0 > b0", "t > queue1", "queue1 > tap0", "tap0 @ queue1"),
        // Made-up names avoid given ones, and follow GStreamer's rule for names that end in a digit.
        GoodPlan(
            "queue name=queue1 ! queue ! queue ! streamtap", "queue1 > queue2", "queue2 > queue3", "queue3 > tap0",
            "tap0 @ queue3"),
        GoodPlan(
            "x264 ! y ! streamtap name=tap0 y0. ! streamtap", "x264-0 > y0", "y0 > tap0", "y0 > tap1", "tap0 @ y0",
            "tap1 @ y0"),
        // Caps filters.
        GoodPlan("a ! video/x-raw,width=640 ! streamtap", "a0 > caps0", "caps0 > tap0", "tap0 @ caps0"),
        GoodPlan("a ! image/jpeg\nb ! streamtap", "a0 > caps0", "b0 > tap0", "tap0 @ b0"),
        // Display sinks and plans without taps.
        GoodPlan("a ! autovideosink", "a0 > preview", "preview @ a0"),
        GoodPlan("a ! xvimagesink name=screen sync=false", "a0 > screen", "screen @ a0"),
        GoodPlan(
            "a ! tee name=t t. ! kmssink t. ! ximagesink", "a0 > t", "t > preview", "t > preview-2", "preview @ t",
            "preview-2 @ t"),
        GoodPlan("videotestsrc ! blur", "videotestsrc0 > blur0", "blur0 > preview", "preview @ blur0"),
        GoodPlan(
            "videotestsrc ! queue ! fakesink", "videotestsrc0 > queue0", "queue0 > fakesink0", "queue0 > preview",
            "preview @ queue0"),
        GoodPlan(
            "a ! x264enc ! mp4mux ! filesink", "a0 > x264enc0", "x264enc0 > mp4mux0", "mp4mux0 > filesink0",
            "a0 > preview", "preview @ a0"),
        GoodPlan(
            "audiotestsrc ! autoaudiosink a ! fakesink", "audiotestsrc0 > autoaudiosink0", "a0 > fakesink0",
            "a0 > preview", "preview @ a0"),
        GoodPlan(
            "a ! c. b ! c. compositor name=c ! d ! fakesink", "a0 > c", "b0 > c", "c > d0", "d0 > fakesink0",
            "d0 > preview", "preview @ d0"),
        GoodPlan("rtspsrc ! rtph264depay ! filesink", "rtspsrc0 > rtph264depay0", "rtph264depay0 > filesink0"),
    ]

    @Test("Links, names and taps", arguments: graphs)
    func graph(_ plan: GoodPlan) throws {
        #expect(try outline(plan.text) == plan.expected)
    }

    static let values: [(String, String)] = [
        ("location=a.mp4", "a.mp4"), ("location = a.mp4", "a.mp4"), ("location=\n  a.mp4", "a.mp4"),
        ("location=\"a b.mp4\"", "a b.mp4"), ("location='a b.mp4'", "a b.mp4"), ("location=a\\ b.mp4", "a b.mp4"),
        ("\"location=a b.mp4\"", "a b.mp4"), ("location=a\" b\".mp4", "a b.mp4"), ("location='\"a b\"'", "a b"),
        ("location=\"\\\"a\\\"\"", "\"a\""), ("location=\"\"", ""), ("location=''", ""), ("location=it\\'s", "it's"),
        ("location=a!b", "a!b"), ("location=\"a ! b\"", "a ! b"), ("location=a#b", "a#b"), ("location=\"#\" # no", "#"),
        ("location=\\${x}", "${x}"), ("location=$HOME", "$HOME"), ("location=clip-%05d.mp4", "clip-%05d.mp4"),
        ("location=\"a \\\n b\"", "a  b"), ("location=größe\u{1F4F7}.mp4", "größe\u{1F4F7}.mp4"),
        ("location=c,exposure=1", "c,exposure=1"), ("location=\"video/x-raw,width=640\"", "video/x-raw,width=640"),
        ("location=a\\\\b", "a\\b"), ("location=a=b", "a=b"), ("location=(int)5", "(int)5"),
    ]

    @Test("Every form of a value", arguments: values)
    func value(_ written: String, _ meant: String) throws {
        let plan = try Plan(parsing: "filesrc \(written)\n ! streamtap")
        let property = try #require(plan.graph.nodes.first?.properties.first)
        #expect(property.name == "location")
        #expect(property.value == .literal(meant))
        #expect(plan.graph.nodes.count == 2)
    }

    static let capsForms: [(String, String)] = [
        ("video/x-raw", "video/x-raw"),
        ("video/x-raw,width=640,height=480", "video/x-raw,width=640,height=480"),
        ("video/x-raw, width = 640 , height=480", "video/x-raw,width=640,height=480"),
        ("'video/x-raw(memory:NVMM), width=(int)640'", "video/x-raw(memory:NVMM),width=(int)640"),
        ("\"video/x-raw(memory:NVMM, meta:X),width=(int)640\"", "video/x-raw(memory:NVMM,meta:X),width=(int)640"),
        (
            "video/x-raw\\(memory:NVMM\\),framerate=\\(fraction\\)30/1",
            "video/x-raw(memory:NVMM),framerate=(fraction)30/1"
        ),
        ("video/x-raw,format={ I420, NV12 }", "video/x-raw,format={I420,NV12}"),
        ("video/x-raw,format=(string){I420,(string)NV12}", "video/x-raw,format=(string){I420,(string)NV12}"),
        ("video/x-raw,framerate=[ 0/1, 30/1 ]", "video/x-raw,framerate=[0/1,30/1]"),
        ("video/x-raw,width=[16,4096,2]", "video/x-raw,width=[16,4096,2]"),
        ("video/x-raw,format=\"I420\"", "video/x-raw,format=I420"),
        ("'video/x-raw,format=\"I420\"'", "video/x-raw,format=I420"),
        ("video/x-raw,framerate=\"(fraction)30/1\"", "video/x-raw,framerate=(fraction)30/1"),
        ("video/x-raw,format=\"{I420, NV12}\"", "video/x-raw,format={I420,NV12}"),
        ("'video/x-raw,x=\"a, b\"'", "video/x-raw,x=\"a, b\""),
        ("video/x-raw,colorimetry=1:4:0:0", "video/x-raw,colorimetry=1:4:0:0"),
        ("\"video/x-raw,width=640;image/jpeg\"", "video/x-raw,width=640;image/jpeg"),
        ("video/x-raw,width=640 ; image/jpeg ;", "video/x-raw,width=640;image/jpeg"),
        (
            "video/x-h264, stream-format=(string)byte-stream,\n alignment=au",
            "video/x-h264,stream-format=(string)byte-stream,alignment=au"
        ),
        (
            "application/x-rtp,media=video,encoding-name=H264,payload=96",
            "application/x-rtp,media=video,encoding-name=H264,payload=96"
        ),
    ]

    @Test("Every form of a caps filter", arguments: capsForms)
    func caps(_ written: String, _ meant: String) throws {
        let plan = try Plan(parsing: "videotestsrc ! \(written) ! streamtap")
        #expect(plan.graph.nodes.count == 3)
        guard case .caps(let structures) = plan.graph.nodes[1].kind else {
            Issue.record("no caps filter")
            return
        }
        #expect(structures.text == meant)
    }

    @Test("A child's property and a repeated one")
    func properties() throws {
        let plan = try Plan(parsing: "compositor sink_1::xpos=320 background=1 background=black ! streamtap")
        #expect(plan.graph.nodes.first?.properties.map(\.name) == ["sink_1::xpos", "background"])
        #expect(plan.graph.nodes.first?.properties.last?.value == .literal("black"))
        #expect(plan.warnings.map(\.outline) == ["1:42:10 duplicate_property"])
    }

    @Test("Places count Unicode scalars and lines of the whole file")
    func places() throws {
        let plan = try Plan(parsing: "---\ntitle: \"ä\"\n---\n# \u{1F4F7}\nx text=\"ä\u{1F4F7}\" y=1\r\n\t! streamtap")
        let node = try #require(plan.graph.nodes.first)
        #expect(node.range == SourceRange(line: 5, column: 1, length: 1))
        #expect(node.properties.first?.valueRange == SourceRange(line: 5, column: 8, length: 4))
        #expect(node.properties.last?.nameRange == SourceRange(line: 5, column: 13, length: 1))
        #expect(plan.graph.nodes.last?.range == SourceRange(line: 6, column: 4, length: 9))
        #expect(plan.graph.edges.first?.range == SourceRange(line: 6, column: 2, length: 1))
    }

    @Test("A plan without a tap says where its preview is")
    func warnings() throws {
        #expect(try Plan(parsing: "videotestsrc ! fakesink").warnings.map(\.outline) == ["1:1:12 implied_tap"])
        #expect(try Plan(parsing: "videotestsrc ! autovideosink").warnings.map(\.outline) == ["1:16:13 display_sink"])
        #expect(try Plan(parsing: "videotestsrc ! streamtap").warnings.isEmpty)
        #expect(try Plan(parsing: "playbin uri=file:///a").warnings.map(\.outline) == ["1:1:7 display_sink"])
        let led = "filesrc ! decodebin name=d d. ! audioconvert ! fakesink d. ! queue ! videoconvert ! fakesink"
        #expect(try Plan(parsing: led).graph.sideTaps.map(\.attachPoint) == ["videoconvert0"])
    }
}
