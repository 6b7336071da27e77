import Plans
import Testing

@Suite("Plans with mistakes")
struct BadPlanTests {
    static let structure: [BadPlan] = [
        BadPlan("", "1:1:1 empty_plan"),
        BadPlan("# only a comment\n", "1:1:1 empty_plan"),
        BadPlan("videotestsrc !", "1:14:1 dangling_link"),
        BadPlan("! fakesink", "1:1:1 dangling_link"),
        BadPlan("videotestsrc ! ! fakesink", "1:16:1 dangling_link"),
        BadPlan("videotestsrc name=a ! fakesink\na.", "2:1:2 dangling_link"),
        BadPlan("videotestsrc name=a ! fakesink\na. queue ! fakesink", "2:1:2 dangling_link"),
        BadPlan("videotestsrc name=gray ! fakesink\ngrey. ! fakesink", "2:1:5 unknown_branch"),
        BadPlan("videotestsrc ! mux.\nmux. ! fakesink", "1:16:4 unknown_branch"),
        BadPlan("demux.video_0 ! fakesink", "1:1:13 unknown_branch"),
        BadPlan("videotestsrc name=a ! fakesink name=a", "1:37:1 duplicate_name"),
        BadPlan("videotestsrc ! streamtap name=a\nvideotestsrc ! streamtap name=a", "2:31:1 duplicate_name"),
        BadPlan("videotestsrc ! streamtap name=Live", "1:31:4 invalid_name"),
        BadPlan("videotestsrc name=\"my source\" ! fakesink", "1:19:11 invalid_name"),
        BadPlan("videotestsrc name=\"\" ! fakesink", "1:19:2 invalid_name"),
        BadPlan("streamtap", "1:1:9 stage_needs_input"),
        BadPlan("streamtap ! fakesink", "1:1:9 stage_needs_input"),
        BadPlan("video/x-raw,width=640 ! fakesink", "1:1:21 stage_needs_input"),
        BadPlan("videotestsrc name=a ! queue name=b ! fakesink b. ! a.", "1:50:1 cannot_link"),
        BadPlan("videotestsrc ! streamtap name=t\nvideotestsrc ! t.", "2:14:1 cannot_link"),
        BadPlan("videotestsrc : fakesink", "1:14:1 unsupported_syntax"),
        BadPlan("bin.( videotestsrc name=x ! queue ) ! fakesink x. ! fakesink", "1:1:5 unsupported_syntax"),
        BadPlan("( videotestsrc ) ! fakesink", "1:1:1 unsupported_syntax"),
        BadPlan("{ videotestsrc ! fakesink }", "1:1:1 unsupported_syntax"),
        BadPlan("videotestsrc ! fakesink )", "1:25:1 syntax"),
    ]

    static let words: [BadPlan] = [
        BadPlan("rtsp://u:secret@10.0.0.5/main ! decodebin ! fakesink", "1:1:29 unsupported_syntax"),
        BadPlan("videotestsrc ! file:///tmp/x", "1:16:13 unsupported_syntax"),
        BadPlan("/dev/video0 ! fakesink", "1:1:11 unsupported_syntax"),
        BadPlan("./film.mp4 ! decodebin ! fakesink", "1:1:10 unsupported_syntax"),
        BadPlan("videotestsrc pattern= ! fakesink", "1:14:8 syntax"),
        BadPlan("pattern=ball ! fakesink", "1:1:7 syntax"),
        BadPlan("videotestsrc ! pattern=ball fakesink", "1:16:7 syntax"),
        BadPlan("videotestsrc name=a ! fakesink\na. pattern=1 ! fakesink", "2:4:7 syntax"),
        BadPlan("videotestsrc num-buffers 10 ! fakesink", "1:26:2 syntax"),
        BadPlan("videotestsrc num-buffers=10! fakesink", "1:28:1 syntax"),
        BadPlan("videotestsrc ! fake@sink", "1:16:9 syntax"),
        BadPlan("videotestsrc ! =5 fakesink", "1:16:2 syntax"),
        BadPlan("videotestsrc ! x264enc @fast ! fakesink", "1:24:5 unsupported_syntax"),
        BadPlan("videotestsrc ! a:b ! fakesink", "1:16:3 syntax"),
        BadPlan("gst: ! fakesink", "1:1:4 syntax"),
        BadPlan("filesrc location=\"a b.mp4 ! fakesink", "1:18:1 unterminated_string"),
        BadPlan("filesrc location='a ! queue name=q\nq. ! fakesink", "1:18:1 unterminated_string"),
        BadPlan("filesrc location=“a” ! fakesink", "1:18:1 syntax"),
        BadPlan("videotestsrc \u{1B} ! fakesink", "1:14:1 syntax"),
        BadPlan("appsink caps=video/x-raw, width=640", "1:14:12 syntax"),
        BadPlan("\"videotestsrc ! fakesink\"", "1:1:25 syntax"),
    ]

    static let caps: [BadPlan] = [
        BadPlan("videotestsrc ! video/ ! fakesink", "1:22:1 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw, ! fakesink", "1:29:1 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width ! fakesink", "1:28:5 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width= ! fakesink", "1:35:1 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width=(int640 ! fakesink", "1:42:1 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width=[1,2 ! fakesink", "1:34:5 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width=[1] ! fakesink", "1:34:3 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,format={I420;NV12} ! fakesink", "1:35:5 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw(memory:NVMM ! fakesink", "1:40:1 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw width=640 ! fakesink", "1:28:5 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width=1,width=2 ! fakesink", "1:36:5 invalid_caps"),
        BadPlan("videotestsrc ! video/x-raw,width=640@ ! x\nvideotestsrc !", "2:14:1 dangling_link"),
        BadPlan("videotestsrc ! video/x-raw,width=640§ ! fakesink", "1:37:1 invalid_caps"),
    ]

    @Test("Each mistake is reported at its place", arguments: structure + words + caps)
    func place(_ plan: BadPlan) {
        #expect(problems(plan.text).map(\.outline) == plan.expected)
    }

    @Test("Five mistakes give five diagnostics in the order of the text")
    func severalMistakes() {
        let text = """
            videotestsrc pattern= ! video/x-raw,width=! queue name=q
            p. ! streamtap name=Big
            q. ! streamtap qualty=5 !
            """
        #expect(
            problems(text).map(\.outline) == [
                "1:14:8 syntax", "1:43:1 invalid_caps", "2:1:2 unknown_branch", "2:21:3 invalid_name",
                "3:16:6 unknown_option", "3:25:1 dangling_link",
            ])
    }

    @Test(
        "A name that brackets hold is not missed outside",
        arguments: ["name=a", "name = a", "name=\"a\"", "'name'='a'", "name=\n a"])
    func namesInBrackets(_ name: String) {
        let said = problems("bin.( videotestsrc \(name) ! fakesink )\na. ! streamtap")
        #expect(said.map(\.code) == [.unsupportedSyntax])
        #expect(problems("( \(name) videotestsrc ! fakesink ) a. ! streamtap").map(\.code) == [.unsupportedSyntax])
    }

    @Test("A name that is given twice is said to be")
    func twoNames() throws {
        let plan = try Plan(parsing: "videotestsrc name=a name=b ! streamtap")
        #expect(plan.warnings.map(\.outline) == ["1:21:4 duplicate_property"])
        #expect(plan.graph.nodes[0].id == "b")
    }
}
