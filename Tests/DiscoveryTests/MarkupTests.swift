import Plans
import Testing

@testable import Discovery

@Suite("XML that anybody may have sent")
struct MarkupTests {
    @Test("names lose their prefixes, text its white space, and XML's own entities are read")
    func ordinary() throws {
        let document = """
            \u{FEFF}<?xml version="1.0" encoding="utf-16"?>
            <a:Root xmlns:a="urn:x" a:token="t&lt;1"><!-- no --><b:Name xmlns:b="urn:y">
              Front &amp; back &#x41;</b:Name><Name><![CDATA[<two>]]></Name><c:Undeclared/></a:Root>\0\0 junk
            """
        let root = try MarkupElement(parsing: Array(document.utf8))
        #expect(root.name == "Root" && root.attributes["token"] == "t<1")
        #expect(root.all("Name").map(\.text) == ["Front & back A", "<two>"])
        #expect(root.child("Undeclared") != nil && root.first("Nothing") == nil)
        #expect(root.child("Name", "Nothing") == nil)
    }

    @Test(
        "what goes too far is refused",
        arguments: [
            "", "hello", "<a>", "<a></b>", "<?xml", "<!DOCTYPE a><a/>",
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<a>&unknown;</a", String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
            "<r>" + String(repeating: "<a/>", count: 10_001) + "</r>",
            "<r>" + String(repeating: "x", count: MarkupElement.Limit.length) + "</r>",
        ])
    func refused(text: String) {
        #expect(throws: CameraProblem.self) { try MarkupElement(parsing: Array(text.utf8)) }
    }

    /// Another coding than UTF-8 could hide a document type from whoever looks for one.
    @Test("nothing hides behind another coding")
    func codings() throws {
        let document = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"
        let wide = document.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        #expect(throws: CameraProblem.self) { try MarkupElement(parsing: [0xFF, 0xFE] + wide) }
        #expect(throws: CameraProblem.self) { try MarkupElement(parsing: wide) }
        // In UTF-7, `+ADw-` is `<`.
        let short = "<?xml version='1.0' encoding='UTF-7'?><a>+ADwAIQ-DOCTYPE</a>"
        #expect(try MarkupElement(parsing: Array(short.utf8)).text == "+ADwAIQ-DOCTYPE")
        let twice =
            "<?xml version='1.0'?> <?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY x 'y'>]><a>&x;</a>"
        #expect(throws: CameraProblem.self) { try MarkupElement(parsing: Array(twice.utf8)) }
        // No UTF-8: what can be read is.
        #expect(try MarkupElement(parsing: Array("<a>b".utf8) + [0xFF] + Array("</a>".utf8)).text == "b\u{FFFD}")
    }

    @Test("what is written is read again, whatever stands in it")
    func escaped() throws {
        for text in ["a<b>&\"'c", "]]>", "\u{1F4F7} ü", "&amp;", "x\ty"] {
            let document = "<a b=\"\(text.escapedForMarkup)\">\(text.escapedForMarkup)</a>"
            let root = try MarkupElement(parsing: Array(document.utf8))
            #expect(root.text == text && root.attributes["b"] == text, "\(text)")
        }
    }

    @Test("a camera's words are one line, and move no cursor")
    func shown() {
        #expect("\u{1B}[2J\u{202E}evil\r\nname\u{7}".shown() == "[2J evil name")
        #expect(String(repeating: "x", count: 1000).shown().count == 128)
        #expect(" Tür  vorn ".shown() == "Tür vorn")
    }
}
