import Plans
import Testing

@Suite("Front matter with mistakes")
struct BadFrontMatterTests {
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
}
