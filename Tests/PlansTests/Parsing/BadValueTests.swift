import Plans
import Testing

@Suite("Properties, options and parameters with mistakes")
struct BadValueTests {
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

    @Test("Each mistake is reported at its place", arguments: taps + parameters)
    func place(_ plan: BadPlan) {
        #expect(problems(plan.text).map(\.outline) == plan.expected)
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

    @Test("A property that is set twice in two spellings is set once, to the last value")
    func duplicates() throws {
        let plan = try Plan(parsing: "videotestsrc is-live=false is_live=true ! streamtap")
        #expect(plan.warnings.map(\.outline) == ["1:28:7 duplicate_property"])
        #expect(plan.warnings.first?.message == "'is_live' is set twice, and the last one counts")
        #expect(plan.graph.nodes[0].properties.map(\.value) == [.literal("true")])
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
}
