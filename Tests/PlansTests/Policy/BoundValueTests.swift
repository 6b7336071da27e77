import Plans
import Testing

@Suite("Values bound in plan text from the network")
struct BoundValueTests {
    /// Case 28: the texts of the bypasses as values.
    @Test("A value is refused by its rule or stays a value", arguments: PolicyTests.bypasses)
    func values(_ bypass: BadPlan) throws {
        let shown = try Plan(
            parsingUntrusted: withParameter("type: string", "videotestsrc ! textoverlay text=${a} ! streamtap"),
            stages: [])
        let bound = try shown.binding(["a": .string(bypass.text)])
        #expect(bound.graph.nodes.map(\.kind) == shown.graph.nodes.map(\.kind))
        #expect(bound.graph.edges == shown.graph.edges)
        #expect(bound.policyViolations(stages: []).isEmpty)
        for (node, property) in [
            ("rtspsrc", "location"), ("v4l2src", "device"), ("videotestsrc", "pattern"), ("clockoverlay", "font-desc"),
        ] {
            let plan = try Plan(
                parsingUntrusted: withParameter("type: string", "\(node) \(property)=${a} ! streamtap"), stages: [])
            let said = try plan.binding(["a": .string(bypass.text)]).policyViolations(stages: [])
            #expect(said.map(\.code) == [.valueNotAllowed])
        }
    }

    @Test("Bound values obey the limits of caps")
    func boundCaps() throws {
        let plan = try Plan(
            parsingUntrusted: withParameter("type: number", "videotestsrc ! video/x-raw,framerate=${a} ! streamtap"),
            stages: [])
        #expect(try plan.binding(["a": .number(29.97)]).policyViolations(stages: []).isEmpty)
        #expect(try plan.binding(["a": .number(240)]).policyViolations(stages: []).map(\.code) == [.valueNotAllowed])
    }

    @Test("A secret's value is never shown")
    func secret() throws {
        let plan = try Plan(parsingUntrusted: PolicyTests.usual[7], stages: [])
        let said = try plan.binding(["p": .string("hush\u{7}")]).policyViolations(stages: [])
        #expect(said.map(\.code) == [.valueNotAllowed])
        #expect(!said.contains { $0.message.contains("hush") || $0.hint?.contains("hush") == true })
    }
}
