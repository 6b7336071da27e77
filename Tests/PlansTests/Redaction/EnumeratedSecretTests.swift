import Testing

@testable import Plans

/// What a plan says of a secret's value in any way is as secret as the value.
struct EnumeratedSecretTests {
    private static let declarations = [
        "{type: string, enum: [hunter2, swordfish]}", "{type: string, format: secret, enum: [hunter2, swordfish]}",
        "{type: string, enum: [\"h\\u0075nter2\", 'swordfish']}",
        "{type: string, default: hunter2, enum: [hunter2, swordfish]}",
        "{type: string, enum: [\n    hunter2,\n    swordfish ]}",
        "\n    type: string\n    enum:\n      - hunter2\n      - swordfish",
        "{type: integer, enum: [314159, 271828]}", "{type: integer, default: 314159, enum: [314159, 271828]}",
        "{type: number, enum: [314.159, 271.828]}",
    ]

    private static let secrets = ["hunter2", "h\\u0075nter2", "swordfish", "314159", "271828", "314.159", "271.828"]

    @Test(
        "A password's choices are shown nowhere", arguments: declarations,
        ["rtspsrc user-pw=${pin}", "rtspsrc user_pw=${pin}", "souphttpsrc proxy-pw=${pin}"])
    func choices(declaration: String, element: String) throws {
        let text = "---\nparameters:\n  pin: \(declaration)\n---\n\(element) ! streamtap"
        let plan = try Plan(parsing: text)
        let declared = try #require(plan.shownParameters.first)
        #expect(declared.enum == nil && declared.default.map { $0 == .string(Redaction.mask) } ?? true)
        let garbage = text + String(repeating: " @ ! (", count: 300)
        var shown = [
            Redaction(planText: text).shownPlanText(text), Redaction(planText: garbage).shownPlanText(garbage),
        ]
        // What the author of a wrong value is told.
        do {
            _ = try plan.binding(["pin": .string("nothing")])
            Issue.record("it is none of them")
        } catch {
            for diagnostic in plan.redaction(values: ["pin": .string("nothing")]).apply(to: error.diagnostics) {
                shown += [diagnostic.message, diagnostic.hint ?? ""]
            }
        }
        for text in shown {
            #expect(!Self.secrets.contains { text.contains($0) }, "\(text)")
        }
    }

    @Test("Addresses to choose from are shown without what they hold of passwords, other choices as they are")
    func addresses() throws {
        let plan = try Plan(
            parsing: """
                ---
                parameters:
                  camera: {type: string, enum: ["rtsp://a:hunter2@door/1", "rtsp://yard/1"]}
                  size: {type: integer, enum: [640, 1280]}
                ---
                rtspsrc location=${camera} ! decodebin ! streamtap width=${size}
                """)
        let shown = Dictionary(uniqueKeysWithValues: plan.shownParameters.map { ($0.name, $0.enum ?? []) })
        #expect(shown["camera"] == [.string("rtsp://***@door/1"), .string("rtsp://yard/1")])
        #expect(shown["size"] == [.integer(640), .integer(1280)])
    }
}
