import Plans
import Testing

/// A password in a plan, written in every way that the parser takes.
@Suite("A password is masked however it is written")
struct SpellingTests {
    /// Each holds `hunter2` in a property that is a password.
    static let plans: [String] = [
        "rtspsrc user-pw=hunter2 ! streamtap",
        "rtspsrc user_pw=hunter2 ! streamtap",
        "rtspsrc user_pw = hunter2 ! streamtap",
        "rtspsrc user-pw=\n  hunter2 ! streamtap",
        "rtspsrc user_pw=\"hunter2\" ! streamtap",
        "rtspsrc user_pw='\"hunter2\"' ! streamtap",
        "rtspsrc user-\"pw\"=hunter2 ! streamtap",
        "rtspsrc \"user-pw\"=hunter2 ! streamtap",
        "rtspsrc \"user-pw=hunter2\" ! streamtap",
        "rtspsrc us\\er_pw=hunter2 ! streamtap",
        "rtspsrc user-pw=h\\unter2 ! streamtap",
        "rtspsrc user-pw=hun\"ter2\" ! streamtap",
        "rtspsrc user-pw=\"hun\\\nter2\" ! streamtap",
        "rtspsrc user-pw=x;hunter2 ! streamtap",
        "rtspsrc user-pw=x,hunter2 ! streamtap",
        "rtspsrc user-pw=x&hunter2 ! streamtap",
        "rtspsrc user-pw=x)hunter2 ! streamtap",
        "rtspsrc user-pw=x\\ hunter2 ! streamtap",
        "rtspsrc user-pw=\"x \\\" hunter2\" ! streamtap",
        "rtspsrc user-pw=\"x > hunter2\" ! streamtap",
        "rtspsrc name=r udpsrc0::user_pw=hunter2 ! streamtap",
        "rtspsrc GstRTSPSrc::user-pw=hunter2 ! streamtap",
        "rtspsrc User_PW=hunter2 ! streamtap",
        "rtspsrc proxy_pw=hunter2 proxy=http://h:1 ! streamtap",
        "rtspsrc proxy=joe:hunter2@10.0.0.9:8080 ! streamtap",
        "rtspsrc proxy=\"joe:x hunter2@10.0.0.9:8080\" ! streamtap",
        "rtspsrc location=rtsp://joe:hunter2@10.0.0.5/a ! streamtap",
        "videotestsrc ! x264enc ! srtsink pass\"phrase\"=hunter2 uri=srt://h:1",
        "videotestsrc ! x264enc ! flvmux ! rtmp2sink secure_token=hunter2 location=rtmp://h/a/b",
        "videotestsrc ! aesenc key=hunter2 iv=00 ! filesink location=a",
        "udpsrc ! application/x-srtp,srtp-key=(buffer)hunter2,ssrc=(uint)1 ! srtpdec ! fakesink",
        "souphttpsrc extra_headers=\"extra-headers,X-Key=hunter2\" location=http://h/ ! streamtap",
        "gst:rtspsrc user_pw=hunter2 ! streamtap",
    ]

    @Test("In the plan's text and in its graph", arguments: plans)
    func sound(_ text: String) throws {
        let plan = try Plan(parsing: text)
        let redaction = Redaction(planText: text)
        let shown = redaction.shownPlanText(text)
        #expect(!Self.holdsPassword(shown), "\(shown)")
        #expect(try Plan(parsing: shown).graph.nodes.map(\.id) == plan.graph.nodes.map(\.id), "\(shown)")
        for graph in [plan.graph, try plan.binding([:]).graph] {
            let nodes = PlanDescription(graph, stages: []).nodes
            let values = nodes.flatMap { $0.properties.values } + nodes.compactMap(\.caps)
            #expect(!values.contains(where: Self.holdsPassword), "\(values)")
        }
        for format in PlanDiagram.Format.allCases {
            #expect(!Self.holdsPassword(PlanDiagram(PlanDescription(plan.graph, stages: [])).text(format)))
        }
    }

    @Test("Where the text is no plan", arguments: plans)
    func broken(_ text: String) {
        for broken in [
            "bin.( \(text) )", "( \(text) ) ! fakesink", "\(text) ! ! a", "a=b \(text)", "\"open ! a\n\(text)",
            "---\nparameters: {a: [}\n---\n\(text)", "---\n\(text)", "@x " + text,
            String(repeating: "\"\n", count: 200) + text,
        ] {
            let shown = Redaction(planText: broken).shownPlanText(broken)
            #expect(!Self.holdsPassword(shown), "\(shown)")
        }
    }

    @Test("In what others say of it", arguments: plans)
    func messages(_ text: String) throws {
        let plan = try Plan(parsing: text)
        let secret = try #require(Self.secret(of: plan))
        for redaction in [Redaction(planText: text), plan.redaction(), try plan.binding([:]).redaction()] {
            #expect(!Self.holdsPassword(redaction.apply(to: "refused: \(secret)")))
        }
    }

    /// The value that holds the password, as the parser has it.
    private static func secret(of plan: Plan) -> String? {
        for node in plan.graph.nodes {
            var properties = node.properties
            if case .caps(let structures) = node.kind { properties += structures.flatMap(\.fields) }
            for property in properties {
                if case .literal(let text) = property.value, text.contains("hunter2") { return text }
            }
        }
        return nil
    }

    private static func holdsPassword(_ text: String) -> Bool {
        text.contains("hunter2") || text.contains("unter2") || text.contains("ter2")
    }

    @Test(
        "A parameter that stands for a password is a secret, whatever its declaration says",
        arguments: [
            "{type: string, default: hunter2}", "{type: string, format: secret, default: hunter2}",
            "{type: string, default: \"h\\u0075nter2\"}", "{type: string, default: 'hun''ter2'}",
            "{type: string, default: \"hun\\\"ter2\"}",
        ])
    func parameter(_ declaration: String) throws {
        for property in ["user-pw", "user_pw", "user-\"pw\""] {
            let text = "---\nparameters:\n  pin: \(declaration)\n---\nrtspsrc \(property)=${pin} ! streamtap"
            let plan = try Plan(parsing: text)
            #expect(plan.secretParameters == ["pin"])
            #expect(plan.shownParameters.map(\.default) == [.string(Redaction.mask)])
            let shown = Redaction(planText: text).shownPlanText(text)
            #expect(!Self.holdsPassword(shown), "\(shown)")
            #expect(shown.contains("=${pin}"), "\(shown)")
            let given = plan.redaction(values: ["pin": .string("swordfish")])
            #expect(given.apply(to: "swordfish?") == "***?")
        }
    }

    @Test("What cannot be read may be a secret, wherever its line ends", arguments: ["\n", "\r\n"])
    func looseDefaults(_ end: String) {
        let text = [
            "---", "parameters:", "  a: {type: sting, default: sword}", "  b: {type: strnig, default: \"fish\"}",
            "  c: {type: x, default: rod}, d: {default: line}", "---", "videotestsrc ! streamtap",
        ].joined(separator: end)
        let redaction = Redaction(planText: text)
        #expect(redaction.apply(to: "sword, fish, rod, line") == "***, ***, ***, ***")
        #expect(!redaction.shownPlanText(text).contains("fish"))
    }

    @Test("A secret's default is masked though it is short, and an empty one shown")
    func shortDefaults() throws {
        for (value, shown) in [("x", Redaction.mask), ("", "")] {
            let plan = try Plan(
                parsing: "---\nparameters: {p: {type: string, format: secret, default: '\(value)'}}\n---\na b=${p} ! streamtap")
            #expect(plan.shownParameters.map(\.default) == [.string(shown)])
        }
    }

    @Test(
        "What is no credential stays as it is",
        arguments: [
            "videotestsrc ! x264enc pass=qual key-int-max=30 ! fakesink",
            "rtspsrc location=rtsp://10.0.0.5:554/live@1 latency=100 ! streamtap",
            "v4l2src device=/dev/v4l/by-id/usb-a:b@1 ! streamtap",
            "udpsink clients=10.0.0.5:5000,10.0.0.6:5000",
            "rtspsrc user-pw=${pin} user-id=${name} ! streamtap",
            "# user: bob\nvideotestsrc ! textoverlay text=\"mail bob@example.org\" ! streamtap",
        ])
    func harmless(_ text: String) {
        #expect(Redaction(planText: text).shownPlanText(text) == text)
    }
}
