import Testing

@testable import Server

@Suite("Patterns of taps")
struct TapPatternTests {
    @Test(
        "What a pattern means",
        arguments: [
            ("door/live", "door", "live", true), ("door/live", "door", "gray", false),
            ("door/live", "doors", "live", false),
            ("door", "door", "anything", true), ("door/*", "door", "live", true),
            ("yard-*/live", "yard-1", "live", true),
            ("yard-*/live", "yard-", "live", true), ("yard-*/live", "yard", "live", false),
            ("*/live", "anything", "live", true), ("*", "a", "b", true), ("*-in/*", "door-in", "x", true),
            ("a*a/x", "a", "x", false), ("a*a/x", "aa", "x", true), ("a*b*c/x", "abc", "x", true),
            ("a*b*c/x", "acb", "x", false), ("a*b*c/x", "axxbyyc", "x", true), ("a*bc*c/x", "abc", "x", false),
            ("*b*/x", "aba", "x", true), ("*b*/x", "aaa", "x", false),
        ])
    func matches(pattern: String, instance: String, tap: String, isMeant: Bool) throws {
        #expect(try #require(TapPattern(pattern)).matches(instance: instance, tap: tap) == isMeant)
    }

    @Test("What is none", arguments: ["", "/", "a/", "/b", "a/b/c", "A/b", "a b", "ä", "a/../b", "a?", "*****", "a\0"])
    func invalid(text: String) {
        #expect(TapPattern(text) == nil)
    }

    @Test("Many stars and a long name are no work")
    func stars() throws {
        let pattern = try #require(TapPattern("*a*a*a*b/x"))
        #expect(!pattern.matches(instance: String(repeating: "a", count: 64), tap: "x"))
    }
}
