import Plans
import Testing

/// A plan that cannot run, and what is said of it: `line:column:length code`, in order.
struct BadPlan: CustomTestStringConvertible, Sendable {
    var text: String
    var expected: [String]

    init(_ text: String, _ expected: String...) {
        self.text = text
        self.expected = expected
    }

    var testDescription: String { text.replacing("\n", with: "⏎") }
}

func problems(_ text: String, limits: PlanLimits = .trusted) -> [Diagnostic] {
    do {
        _ = try Plan(parsing: text, limits: limits)
        return []
    } catch {
        return error.diagnostics
    }
}

extension Diagnostic {
    var outline: String { "\(line):\(column):\(length) \(code)" }
}

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

    static let taps: [BadPlan] = [
        BadPlan("videotestsrc ! streamtap widht=640", "1:26:5 unknown_option"),
        BadPlan("videotestsrc ! streamtap width=wide", "1:32:4 option_type"),
        BadPlan("videotestsrc ! streamtap quality=101", "1:34:3 option_range"),
        BadPlan("videotestsrc ! streamtap fps=-1", "1:30:2 option_range"),
        BadPlan("videotestsrc ! streamtap width=10000", "1:32:5 option_range"),
        BadPlan("videotestsrc ! streamtap width=15", "1:32:2 option_range"),
        BadPlan("videotestsrc ! streamtap height=4321", "1:33:4 option_range"),
        BadPlan("videotestsrc ! streamtap fps=241", "1:30:3 option_range"),
    ]

    static let parameters: [BadPlan] = [
        BadPlan("rtspsrc location=${camera} ! fakesink", "1:18:9 unknown_parameter"),
        BadPlan("filesrc location=a${n}.mp4 ! fakesink", "1:19:4 parameter_not_allowed_here"),
        BadPlan("filesrc location=${n ! fakesink", "1:18:3 syntax"),
        BadPlan("filesrc location=${Name} ! fakesink", "1:20:4 invalid_name"),
        BadPlan("${source} ! fakesink", "1:1:9 parameter_not_allowed_here"),
        BadPlan("videotestsrc name=${n} ! fakesink", "1:19:4 parameter_not_allowed_here"),
        BadPlan("videotestsrc ! capsfilter caps=${c} ! fakesink", "1:32:4 parameter_not_allowed_here"),
        BadPlan("videotestsrc ! video/x-raw,pixel-aspect-ratio=${p} ! fakesink", "1:47:4 parameter_not_allowed_here"),
        BadPlan("videotestsrc ! video/x-raw,width=(int)${w} ! fakesink", "1:39:4 parameter_not_allowed_here"),
        BadPlan("videotestsrc ! video/x-raw,width=[1,${w}] ! fakesink", "1:37:5 parameter_not_allowed_here"),
        BadPlan(
            "---\nparameters:\n  width: {type: integer}\n---\nvideotestsrc ! streamtap width=${widht}",
            "5:32:8 unknown_parameter"),
        BadPlan(
            "---\nparameters:\n  w: {type: string}\n---\nvideotestsrc ! video/x-raw,width=${w} ! streamtap",
            "5:34:4 parameter_type"),
    ]

    @Test("Each mistake is reported at its place", arguments: structure + words + caps + taps + parameters)
    func place(_ plan: BadPlan) {
        #expect(problems(plan.text).map(\.outline) == plan.expected)
    }

    static let frontMatter: [BadPlan] = [
        BadPlan("---\ntitle: x\nvideotestsrc ! fakesink", "1:1:3 front_matter"),
        BadPlan("---\ntilte: x\n---\nfakesrc ! streamtap", "2:1:5 front_matter"),
        BadPlan("---\ntitle: [a\n---\nfakesrc ! streamtap", "3:1:1 front_matter"),
        BadPlan("---\n- a\n---\nfakesrc ! streamtap", "2:1:1 front_matter"),
        BadPlan("---\nparameters: 5\n---\nfakesrc ! streamtap", "2:13:1 front_matter"),
        BadPlan("---\nparameters:\n  Cam: {type: string}\n---\nfakesrc ! streamtap", "3:3:3 invalid_name"),
        BadPlan(
            "---\nparameters:\n  a: string\n---\nfakesrc name=${x} ! streamtap", "3:3:1 front_matter",
            "5:14:4 parameter_not_allowed_here"),
        BadPlan("---\nparameters:\n  a: {default: 1}\n---\nfakesrc x=${a} ! streamtap", "3:3:1 front_matter"),
        BadPlan("---\nparameters:\n  a: {type: int}\n---\nfakesrc x=${a} ! streamtap", "3:13:3 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, defualt: b}\n---\nfakesrc x=${a} ! streamtap", "3:21:7 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, default: 640}\n---\nfakesrc x=${a} ! streamtap",
            "3:30:3 parameter_type"),
        BadPlan(
            "---\nparameters:\n  a: {type: integer, default: \"640\"}\n---\nfakesrc x=${a} ! streamtap",
            "3:31:5 parameter_type"),
        BadPlan(
            "---\nparameters:\n  a: {type: integer, default: 6.5}\n---\nfakesrc x=${a} ! streamtap",
            "3:31:3 parameter_type"),
        BadPlan(
            "---\nparameters:\n  a: {type: boolean, default: yes}\n---\nfakesrc x=${a} ! streamtap",
            "3:31:3 parameter_type"),
        BadPlan(
            "---\nparameters:\n  a: {type: integer, default: 5, minimum: 10}\n---\nfakesrc x=${a} ! streamtap",
            "3:31:1 parameter_range"),
        BadPlan(
            "---\nparameters:\n  a: {type: integer, minimum: 10, maximum: 5}\n---\nfakesrc x=${a} ! streamtap",
            "3:3:1 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, minimum: 10}\n---\nfakesrc x=${a} ! streamtap", "3:30:2 front_matter"
        ),
        BadPlan(
            "---\nparameters:\n  a: {type: string, format: url}\n---\nfakesrc x=${a} ! streamtap", "3:29:3 front_matter"
        ),
        BadPlan(
            "---\nparameters:\n  a: {type: integer, format: uri}\n---\nfakesrc x=${a} ! streamtap",
            "3:30:3 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, pattern: \"[a\"}\n---\nfakesrc x=${a} ! streamtap",
            "3:30:4 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, enum: []}\n---\nfakesrc x=${a} ! streamtap", "3:27:1 front_matter"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, enum: [x, y], default: z}\n---\nfakesrc x=${a} ! streamtap",
            "3:44:1 parameter_range"),
        BadPlan(
            "---\nparameters:\n  a: {type: string, pattern: \"^x\", default: y}\n---\nfakesrc x=${a} ! streamtap",
            "3:45:1 parameter_range"),
        BadPlan(
            "---\nparameters:\n  a: {type: string}\n  a: {type: string}\n---\nfakesrc x=${a} ! streamtap",
            "3:3:1 front_matter"),
        BadPlan("---\nparameters: &a {a: *a}\n---\nfakesrc ! streamtap", "2:13:1 front_matter"),
    ]

    @Test("Mistakes in the front matter have the line of the whole file", arguments: frontMatter)
    func frontMatterPlace(_ plan: BadPlan) {
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
        "A property's name is compared as GObject does",
        arguments: [
            BadPlan(
                "---\nparameters: {a: {type: string}}\n---\nx264enc option_string=${a}",
                "4:23:4 parameter_not_allowed_here"),
            BadPlan(
                "---\nparameters: {a: {type: string}}\n---\ncapsfilter filter_caps=${a}",
                "4:24:4 parameter_not_allowed_here"),
            BadPlan(
                "---\nparameters: {a: {type: string}}\n---\na sink_factory=${a}", "4:16:4 parameter_not_allowed_here"),
            BadPlan(
                "---\nparameters: {a: {type: string}}\n---\na sink_0::xpos=${a}", "4:16:4 parameter_not_allowed_here"),
        ])
    func spelling(_ plan: BadPlan) {
        #expect(problems(plan.text).map(\.outline) == plan.expected)
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

    @Test("A property that is set twice in two spellings is set once, to the last value")
    func duplicates() throws {
        let plan = try Plan(parsing: "videotestsrc is-live=false is_live=true ! streamtap")
        #expect(plan.warnings.map(\.outline) == ["1:28:7 duplicate_property"])
        #expect(plan.warnings.first?.message == "'is_live' is set twice, and the last one counts")
        #expect(plan.graph.nodes[0].properties.map(\.value) == [.literal("true")])
    }

    @Test(
        "Hints name the nearest known word",
        arguments: [
            ("videotestsrc name=gray ! fakesink grey. ! fakesink", "did you mean 'gray'?"),
            ("videotestsrc ! streamtap widht=640", "did you mean 'width'?"),
            ("videotestsrc ! streamtap name=Live", "write name=live"),
            ("rtsp://cam/main ! fakesink", "write rtspsrc location=rtsp://cam/main"),
            ("videotestsrc ! file:///tmp/x.raw", "write filesink location=/tmp/x.raw"),
            (
                "rtspsrc location=${camera} ! fakesink",
                "begin the plan with the lines '---', 'parameters:', '  camera: {type: string}', '---'"
            ),
            ("---\nparameters: {a: {type: bool}}\n---\nfakesrc x=${a}", "write boolean"),
        ])
    func hints(_ text: String, _ hint: String) {
        #expect(problems(text).first { $0.severity == .error }?.hint == hint)
    }

    @Test("A tap's option that is out of range is told what it may be; 0 says nothing")
    func tapRanges() throws {
        #expect(
            problems("videotestsrc ! streamtap width=10000 fps=0.001").map(\.message) == [
                "'width' is a whole number from 16 to 7680, found '10000'",
                "'fps' is a number from 0.01 to 240, found '0.001'",
            ])
        #expect(problems("videotestsrc ! streamtap width=0 height=0 fps=0 quality=0").isEmpty)
        let bound = try Plan(
            parsing: "---\nparameters: {w: {type: integer}}\n---\nvideotestsrc ! streamtap width=${w}")
        #expect(throws: PlanError.self) { try bound.binding(["w": .integer(10_000)]) }
        #expect(throws: Never.self) { try bound.binding(["w": .integer(0)]) }
    }

    @Test("An address in a message shows no password")
    func maskedAddress() throws {
        let problem = try #require(problems("rtsp://admin:hunter2@cam/main ! fakesink").first)
        #expect(!problem.message.contains("hunter2"))
        #expect(problem.hint == "write rtspsrc location=rtsp://***@cam/main")
    }

    @Test("Limits are kept")
    func limits() {
        let many = "videotestsrc " + String(repeating: "! queue ", count: 70)
        #expect(problems(many, limits: .untrusted).map(\.code) == [.limitExceeded])
        #expect(problems(many).isEmpty)
        let tees = "videotestsrc " + String(repeating: "! tee ", count: 9) + "! streamtap"
        #expect(problems(tees, limits: .untrusted).map(\.code) == [.limitExceeded])
        #expect(problems(String(repeating: "a", count: 9000), limits: .untrusted).map(\.code) == [.limitExceeded])
        let properties = "x " + (0..<33).map { "p\($0)=1" }.joined(separator: " ")
        #expect(problems(properties, limits: .untrusted).map(\.code) == [.limitExceeded])
    }
}
