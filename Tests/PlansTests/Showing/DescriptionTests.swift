import Foundation
import Plans
import Testing

@Suite("What others see of a plan")
struct DescriptionTests {
    @Test("The JSON form, field by field")
    func json() throws {
        let plan = try Plan(
            parsing: """
                ---
                parameters: {w: {type: integer, default: 640}}
                ---
                rtspsrc location="rtsp://u:p@h/x" user-pw=geheim ! video/x-raw,width=${w} ! blur name=b
                b.src ! streamtap name=live width=${w}
                gst:blur ! fakesink
                """)
        let bound = try plan.binding([:])
        for graph in [plan.graph, bound.graph] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let json = String(decoding: try encoder.encode(PlanDescription(graph, stages: ["blur"])), as: UTF8.self)
            let expected = """
                {"edges":[{"source":"rtspsrc0","target":"caps0"},{"source":"caps0","target":"b"},\
                {"source":"b","source_pad":"src","target":"live"},{"source":"blur1","target":"fakesink0"}],\
                "nodes":[{"column":1,"element":"rtspsrc","id":"rtspsrc0","kind":"element","line":4,\
                "properties":{"location":"rtsp://***@h/x","user-pw":"***"},"role":"source"},\
                {"caps":"video/x-raw,width=${w}","column":52,"id":"caps0","kind":"caps","line":4,"properties":{},"role":"caps"},\
                {"column":77,"id":"b","kind":"stage","line":4,"properties":{},"role":"stage","stage":"blur"},\
                {"column":9,"id":"live","kind":"tap","line":5,"properties":{"width":"${w}"},"role":"tap"},\
                {"column":1,"element":"blur","id":"blur1","kind":"element","line":6,"properties":{},"role":"source"},\
                {"column":12,"element":"fakesink","id":"fakesink0","kind":"element","line":6,"properties":{},"role":"element"}],\
                "side_taps":[{"attach_point":"b","node_id":"live","sink_type":"stream_tap"}]}
                """
            #expect(json == expected)
        }
    }

    @Test("Diagnostics show the line and a caret")
    func rendering() {
        let text = "videotestsrc\n\t! streamtap widht=640 \u{1B}[31m"
        let diagnostic = Diagnostic(
            .error, .unknownOption, at: SourceRange(line: 2, column: 14, length: 5), "no option", hint: "width")
        #expect(
            DiagnosticRenderer(file: "a.plan", text: text).render(diagnostic) == """
                a.plan:2:14: error: no option
                  \t! streamtap widht=640 ?[31m
                  \t            ^~~~~
                  hint: width

                """)
        let coloured = DiagnosticRenderer(file: "a.plan", text: text, colour: true).render([diagnostic])
        #expect(coloured.contains("\u{1B}[1;31merror:\u{1B}[0m no option"))
        let outside = Diagnostic(.warning, .syntax, at: SourceRange(line: 9, column: 9, length: 9), "odd")
        #expect(DiagnosticRenderer(file: "a", text: text).render(outside) == "a:9:9: warning: odd\n")
    }

    @Test("A long line is cut around the place")
    func longLine() {
        let text = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let diagnostic = Diagnostic(.error, .syntax, at: SourceRange(line: 1, column: 501, length: 400), "odd")
        let lines = DiagnosticRenderer(file: "a", text: text).render(diagnostic).split(separator: "\n")
        #expect(lines[1].count == 122)
        #expect(lines[1].dropFirst(62).first == "X")
        #expect(lines[2] == String(repeating: " ", count: 62) + "^" + String(repeating: "~", count: 59))
    }
}
