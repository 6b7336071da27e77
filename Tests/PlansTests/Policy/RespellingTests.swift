import Plans
import Testing

/// What GObject does not tell apart, the policy does not either.
@Suite("Spelling and order change no verdict")
struct RespellingTests {
    static let plans = PolicyTests.bypasses + PolicyTests.elements + PolicyTests.parameters

    /// Each property's name with `_` for `-`, and the other way round for those of elements.
    static func respelled(_ text: String) -> [String] {
        let names = text.matches(of: /\s([a-z0-9:]+(?:[-_][a-z0-9:]+)+)=/).map(\.output.1).map {
            $0.startIndex..<$0.endIndex
        }
        guard !names.isEmpty else { return [] }
        return ["_", "-"].map { sign in
            var result = text
            // From the end, so that the ranges before stay true; the texts are ASCII up to there.
            for range in names.reversed() {
                result.replaceSubrange(range, with: text[range].replacing("_", with: sign).replacing("-", with: sign))
            }
            return result
        }
    }

    @Test("A refusal stays the same refusal", arguments: plans)
    func refusal(_ plan: BadPlan) {
        for text in Self.respelled(plan.text) {
            #expect(refusals(text).map(\.outline) == plan.expected, "\(text)")
        }
    }

    @Test("There is something to spell anew")
    func some() {
        #expect(Self.plans.count { !Self.respelled($0.text).isEmpty } > 10)
        #expect(PolicyTests.usual.count { !Self.respelled($0).isEmpty } > 3)
    }

    @Test("What is allowed stays allowed", arguments: PolicyTests.usual)
    func allowed(_ text: String) {
        for text in Self.respelled(text) { #expect(refusals(text).isEmpty, "\(text)") }
    }

    @Test("The order of properties counts for nothing")
    func order() {
        let zeros = ["max-size-bytes=0", "max_size_buffers=0", "max-size-time=0"]
        for first in zeros {
            for second in zeros where second != first {
                for third in zeros where third != first && third != second {
                    let said = refusals("queue \(first) \(second) \(third) ! streamtap")
                    #expect(said.map(\.code) == [.valueNotAllowed])
                }
            }
        }
    }

    @Test(
        "A zero is a zero",
        arguments: ["0", "00", "+0", "-0", "0.0", "0x0", "0o0", "0e5", "\"0\"", "'0'", "\\0"])
    func zero(_ zero: String) {
        let said = refusals("queue max-size-bytes=\(zero) max-size-buffers=0 max-size-time=0 ! streamtap")
        #expect(said.map(\.code) == [.valueNotAllowed])
    }
}
