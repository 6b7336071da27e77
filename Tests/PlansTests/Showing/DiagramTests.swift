import Foundation
import Plans
import TestSupport
import Testing

@Suite("Pictures of plans")
struct DiagramTests {
    static let plan = """
        rtspsrc name=cam location=rtsp://10.0.0.5/main user-pw=hush latency=100 ! application/x-rtp,media=video ! rtph264depay ! avdec_h264
          ! grayscale name=gray ! streamtap name=live
        gray. ! x264enc ! mux.sink_0
        mpegtsmux name=mux ! filesink location=/a
        """

    static func diagram(_ text: String) throws -> PlanDiagram {
        PlanDiagram(PlanDescription(try Plan(parsing: text).graph, stages: ["grayscale"]))
    }

    @Test("Mermaid tells sources, elements, stages, caps, taps and branches apart")
    func mermaid() throws {
        #expect(
            try Self.diagram(Self.plan).text() == """
                flowchart LR
                  n0(["cam<br/>rtspsrc"]):::source
                  n1("application/x-rtp<br/>media=video"):::caps
                  n2["rtph264depay0"]:::element
                  n3["avdec_h264-0"]:::element
                  n4[["gray<br/>grayscale"]]:::stage
                  n5(("live<br/>tap")):::tap
                  n6[/"x264enc0"/]:::branch
                  n7[/"mux<br/>mpegtsmux"/]:::branch
                  n8[/"filesink0"/]:::branch
                  n0 --> n1
                  n1 --> n2
                  n2 --> n3
                  n3 --> n4
                  n4 -.-> n5
                  n4 --> n6
                  n6 -->|"→ sink_0"| n7
                  n7 --> n8
                  classDef source fill:#d9ead3,stroke:#38761d,color:#111
                  classDef element fill:#f3f3f3,stroke:#666666,color:#111
                  classDef stage fill:#cfe2f3,stroke:#0b5394,color:#111
                  classDef caps fill:#ffffff,stroke:#b7b7b7,color:#111
                  classDef tap fill:#fff2cc,stroke:#bf9000,color:#111
                  classDef branch fill:#e6dff3,stroke:#674ea7,color:#111

                """)
    }

    @Test("DOT numbers the nodes and quotes the names")
    func dot() throws {
        let text = try Self.diagram(Self.plan).text(.dot)
        #expect(text.contains("n4 [label=\"gray\\ngrayscale\", shape=component"))
        #expect(text.contains("n4 -> n5 [style=dashed];"))
        #expect(text.contains("n6 -> n7 [label=\"→ sink_0\"];"))
        #expect(text.hasPrefix("digraph plan {\n") && text.hasSuffix("}\n"))
    }

    @Test("JSON is the API's graph, with roles")
    func json() throws {
        let diagram = try Self.diagram(Self.plan)
        let data = Data(diagram.text(.json).utf8)
        #expect(
            try JSONDecoder().decode(PlanDescription.self, from: data)
                == PlanDescription(Plan(parsing: Self.plan).graph, stages: ["grayscale"]))
        let nodes = try JSONDecoder().decode(PlanDescription.self, from: data).nodes
        let roles = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0.role) })
        #expect(roles["cam"] == .source && roles["gray"] == .stage && roles["live"] == .tap && roles["mux"] == .branch)
    }

    @Test("No credential is in any picture", arguments: PlanDiagram.Format.allCases)
    func credentials(_ format: PlanDiagram.Format) throws {
        #expect(!(try Self.diagram(Self.plan).text(format).contains("hush")))
    }

    @Test("Names and caps cannot break out of their box")
    func escaping() throws {
        let text = #"videotestsrc ! 'video/x-raw,format={I420,NV12},colorimetry="a<b>\\];x[&"' ! streamtap name=end"#
        let diagram = try Self.diagram(text)
        let box = try #require(diagram.text().split(separator: "\n").first { $0.contains("colorimetry") })
        #expect(box.count { $0 == "\"" } == 2)
        #expect(!box.contains("<b>") && !box.contains("&") && box.contains("#60;b#62;"))
        let label = try #require(diagram.text(.dot).split(separator: "\n").first { $0.contains("colorimetry") })
        let unescaped = label.replacing("\\\\", with: "").replacing("\\\"", with: "")
        #expect(box.contains("<br/>format=#123;I420#44;NV12#125;<br/>"))
        // Label, fill and line colour.
        #expect(unescaped.count { $0 == "\"" } == 6)
    }

    @Test("Every launch line can be drawn", arguments: LaunchLine.corpus.map(\.text))
    func corpus(_ line: String) throws {
        let diagram = try Self.diagram(line)
        let plan = try Plan(parsing: line)
        let arrows = diagram.text().split(separator: "\n").count { $0.contains("-->") || $0.contains("-.->") }
        #expect(arrows == plan.graph.edges.count)
        #expect(diagram.text(.dot).split(separator: "\n").count { $0.contains(" -> ") } == plan.graph.edges.count)
    }
}
