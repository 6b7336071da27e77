import Plans
import TestSupport
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
        "udpsrc ! application/x-srtp, srtp-key = (buffer) hunter2, ssrc=(uint)1 ! srtpdec ! fakesink",
        "udpsrc ! application/x-srtp, ssrc = (uint) 1, srtp-key = (buffer)  hunter2 ! srtpdec ! fakesink",
        "srtsrc uri=\"srt://h:9000?mode=caller&streamid=hunter2\" ! streamtap",
        "rtspsrc location=rtsp://10.0.0.5:554/admin:hunter2/ch1 ! streamtap",
        "souphttpsrc extra_headers=\"extra-headers,X-Key=hunter2\" location=http://h/ ! streamtap",
        "rtspsrc extra-http-request-headers=\"headers,Authorization=(string)hunter2\" location=x ! streamtap",
        "srtsrc uri=srt://h:9000 streamid=hunter2 ! streamtap",
        "rtspsrc location=\"rtsp://h/live?loginuse=a&loginpas=hunter2\" ! streamtap",
        "videotestsrc ! x264enc ! flvmux ! rtmpsink location=\"rtmp://h/live/k pubUser=a pubPasswd=hunter2\"",
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

    @Test("Any password in any spelling")
    func anySpelling() throws {
        var random = SeededGenerator.announced()
        let signs = Array("abcXYZ019 -_.,;:!@&=?/#$%()[]{}<>*+~^|'\"\\é日\u{301}".unicodeScalars)
        for _ in 0..<3_000 {
            // Long enough to be told from the rest of the text, and not in quotes of its own, which would vanish.
            let password =
                "p"
                + String(
                    String.UnicodeScalarView(
                        (0..<Int.random(in: 8...12, using: &random)).map { _ in
                            signs.randomElement(using: &random) ?? "a"
                        }))
            let names = [
                "user-pw", "user_pw", "proxy-pw", "pass", "PassPhrase", "secure_token", "a::user_pw", "b::c::password",
            ]
            let name = names.filter { $0 != "pass" }.randomElement(using: &random) ?? "user-pw"
            let equals = ["=", " = ", "=\n ", " \\\n="].randomElement(using: &random) ?? "="
            let written = "\(Self.spelled(name, &random))\(equals)\(Self.spelled(password, &random))"
            let text = "rtspsrc name=a \(written) latency=5 ! rtph264depay ! fakesink"
            let plan: Plan
            do {
                plan = try Plan(parsing: text)
            } catch {
                Issue.record("\(text.debugDescription) is no plan: \(error.diagnostics)")
                continue
            }
            let property = try #require(plan.graph.nodes[0].properties.first, "\(text.debugDescription)")
            #expect(property.name == name && property.value == .literal(password), "\(text.debugDescription)")
            let shown = Redaction(planText: text).shownPlanText(text)
            let again = try? Plan(parsing: shown).graph.nodes[0].properties
            #expect(again?.first?.value == .literal(Redaction.mask), "\(text.debugDescription) → \(shown)")
            #expect(again?.last?.value == .literal("5"), "\(text.debugDescription) → \(shown)")
            #expect(!shown.utf8.elementsEqual(text.utf8))
        }
    }

    /// A word as somebody might write it: quotes around any part, backslashes before any sign.
    private static func spelled(_ word: String, _ random: inout SeededGenerator) -> String {
        var result = String.UnicodeScalarView()
        var rest = word.unicodeScalars[...]
        while let first = rest.first {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let quote: Unicode.Scalar = Bool.random(using: &random) ? "\"" : "'"
                result.append(quote)
                for scalar in rest.prefix(Int.random(in: 1...6, using: &random)) {
                    if scalar == quote || scalar == "\\" || scalar == "$" { result.append("\\") }
                    result.append(scalar)
                    rest.removeFirst()
                }
                result.append(quote)
            case 1:
                result.append(contentsOf: ["\\", first])
                rest.removeFirst()
            default:
                let isPlain = first.properties.isAlphabetic || "0123456789-_.:".unicodeScalars.contains(first)
                if !isPlain { result.append("\\") }
                result.append(first)
                rest.removeFirst()
            }
        }
        return String(result)
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
            #expect(plan.shownParameters.map(\.format) == [.secret])
            let garbage = text + String(repeating: " @ ! (", count: 300)
            #expect(!Self.holdsPassword(Redaction(planText: garbage).shownPlanText(garbage)))
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
                parsing:
                    "---\nparameters: {p: {type: string, format: secret, default: '\(value)'}}\n---\na b=${p} ! streamtap"
            )
            #expect(plan.shownParameters.map(\.default) == [.string(shown)])
            let other = try Plan(parsing: "---\nparameters: {p: {type: string}}\n---\na user_pw=${p} ! streamtap")
            #expect(other.shownParameters.map(\.format) == [.secret])
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
