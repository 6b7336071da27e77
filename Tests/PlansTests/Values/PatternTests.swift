import Plans
import TestSupport
import Testing

@Suite("Patterns")
struct PatternTests {
    /// Whether a parameter with this pattern takes the text; nil when there can be no such parameter.
    static func matches(_ pattern: String, _ text: String) -> Bool? {
        let declaration = ParameterDeclaration(name: "a", type: .string, pattern: pattern)
        let yaml = pattern.replacing("'", with: "''")
        let plan = try? Plan(
            parsing: """
                ---
                parameters: {a: {type: string, pattern: '\(yaml)'}}
                ---
                videotestsrc ! textoverlay text=${a} ! streamtap
                """)
        guard let plan, plan.parameters.first?.pattern == declaration.pattern else { return nil }
        return (try? plan.binding(["a": .string(text)])) != nil
    }

    @Test(
        "What matches and what does not",
        arguments: [
            ("^[a-z]+$", "abc", true), ("^[a-z]+$", "abC", false), ("b", "abc", true), ("^b", "abc", false),
            ("b$", "abc", false), ("", "", true), ("^$", "", true), ("^$", "a", false), ("a.c", "abc", true),
            ("a.c", "a\nc", false), ("a\\.c", "abc", false), ("^(ab|cd)*$", "abcdab", true),
            ("^(ab|cd)*$", "abcda", false), ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false),
            ("^a{2,}$", "aaaaa", true), ("^a{2,3}$", "aaaa", false), ("^a{0,1}$", "", true), ("^a{0}$", "a", false),
            ("^\\d+-\\w\\s$", "12-x ", true), ("^\\D$", "1", false), ("^[^,]+$", "a,b", false),
            ("^[a\\-z]$", "-", true), ("^[a-]$", "-", true), ("^[\\d,]+$", "1,2", true), ("^[\\D]$", "5", false),
            ("^[\\D]$", "x", true), ("^(?:a|b)?c$", "c", true), ("^a+?$", "aaa", true), ("^.$", "\u{1F4F7}", true),
            ("^(a|b|)$", "", true), ("(a*)*b", "aab", true), ("^((a|b)(c|d)){2}$", "acbd", true), ("^é$", "é", true),
        ] as [(String, String, Bool)])
    func matching(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(Self.matches(pattern, text) == expected)
    }

    @Test(
        "What is no pattern, or cannot be matched in linear time, is refused where it stands",
        arguments: [
            "(a", "a)", "[a", "*a", "a**", "a{", "a{3,2}", "a{1001}", "\\", "(a)\\1", "(?=a)", "(?<!a)", "(?i)a",
            "[z-a]",
            "\\p{L}", "((a{100}){100}){100}", "]",
            String(repeating: "(", count: 40) + String(repeating: ")", count: 40),
            String(repeating: "a", count: 257),
        ])
    func refused(_ pattern: String) {
        #expect(Self.matches(pattern, "a") == nil)
    }

    @Test(
        "No pattern takes long, whatever the text",
        arguments: [
            ("(a+)+$", false), ("^(a|aa)+$", false), ("(a|a)*b", false), ("(.*)*x", false),
            ("^(([a-z])+.)+[A-Z]([a-z])+$", false), ("(a?){500}a{500}b", false), ("^(a|aa)+!$", true),
            // Nothing, more often than there are grains of sand: nothing is found everywhere.
            ("((((((){1000}){1000}){1000}){1000}){1000})", true), ("(((((a{0}){1000}){1000}){1000}){1000}b){3}", false),
        ] as [(String, Bool)])
    func catastrophic(_ pattern: String, _ expected: Bool) {
        // Long enough for a matcher that goes back to take longer than the universe will last.
        let text = String(repeating: "a", count: 4095) + "!"
        let start = threadSeconds()
        let found = Self.matches(pattern, text)
        #expect(threadSeconds() - start < 20)
        #expect(found == expected)
    }
}
