import Plans
import Testing

@Suite("Diagnostics in a terminal")
struct RendererTests {
    static func excerpt(_ text: String, column: Int, length: Int, colour: Bool = false) -> String {
        let place = SourceRange(line: 1, column: column, length: length)
        return DiagnosticRenderer(file: "f", text: text, colour: colour)
            .render(Diagnostic(.error, .syntax, at: place, "wrong"))
    }

    @Test(
        "The caret stands under its character, whatever stands before it",
        arguments: [
            ("ab cd", 4, 2, "   ^~"),
            ("\tab cd", 5, 2, "\t   ^~"),
            ("a\tb cd", 5, 2, " \t  ^~"),
            ("日本 cd", 4, 2, "     ^~"),
            ("日本 cd", 2, 1, "  ^~"),
            ("\u{1F4F7} cd", 3, 2, "   ^~"),
            ("e\u{301} cd", 4, 2, "  ^~"),
            ("a\u{200D}b cd", 5, 2, "   ^~"),
            ("Ü№ cd", 4, 2, "   ^~"),
            ("\u{202E}ab", 2, 2, " ^~"),
            ("\u{1B}[31mab", 6, 2, "     ^~"),
            ("ab", 3, 1, "  ^"),
        ] as [(String, Int, Int, String)])
    func caret(_ text: String, _ column: Int, _ length: Int, _ expected: String) {
        let lines = Self.excerpt(text, column: column, length: length).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.last.map { String($0.dropFirst(2)) } == expected)
    }

    @Test("What a plan holds steers no terminal")
    func controls() {
        let shown = Self.excerpt("a\u{1B}[2J\u{202E}\u{9B}b\r", column: 1, length: 1)
        #expect(shown.contains("  a?[2J??b\n"))
    }

    @Test("Colours only where they were asked for")
    func colours() {
        #expect(!Self.excerpt("ab", column: 1, length: 1).contains("\u{1B}"))
        #expect(Self.excerpt("ab", column: 1, length: 1, colour: true).contains("\u{1B}[1;31m^\u{1B}[0m"))
    }

    @Test(
        "Credentials are not printed, and what stands before them keeps its caret",
        arguments: [
            "rtspsrc location=rtsp://u:hunter22@10.0.0.5/main ! streamtap",
            "rtspsrc location=rtsp://10.0.0.5/main user-id=u user_pw=hunter22 ! nosuch",
            "rtspsrc user-pw=\"hunter22\" location=x ! streamtap",
            "---\nparameters:\n  p: {type: string, format: secret, default: hunter22}\n---\nrtspsrc user-pw=${p} ! x",
        ])
    func credentials(text: String) {
        let renderer = DiagnosticRenderer(file: "a.plan", text: text)
        for (line, words) in zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)) {
            for column in 1...max(words.count, 1) {
                let range = SourceRange(line: line, column: column, length: 3)
                let shown = renderer.render(
                    Diagnostic(.error, .unknownElement, at: range, "not 'hunter22'", hint: "hunter22"))
                #expect(!shown.contains("hunter22"), "\(shown)")
            }
        }
        let first = renderer.render(
            Diagnostic(.error, .unknownElement, at: SourceRange(line: 1, column: 1, length: 2), "x"))
        #expect(first.contains("\n  ^~\n"))
    }
}
