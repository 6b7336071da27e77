import Foundation
import Plans
import TestSupport
import Testing

/// Random and mutated plans. `PLANS_FUZZ_COUNT` sets how many, `SEED` which.
@Suite("No text traps or hangs")
struct FuzzTests {
    static let count = environment("PLANS_FUZZ_COUNT").flatMap { Int($0) } ?? 3_000

    static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    static let pieces: [String] = [
        "videotestsrc", "streamtap", "tee", "queue", "!", " ! ", ".", "t.", "t.src_0", ".src", "name=t", "name=", "=",
        "::",
        "video/x-raw", ",width=", "640", ",format={I420,NV12}", "[1,2]", "{", "}", "(", ")", "bin.(", "<", ">", ";",
        ",", "\"", "'",
        "\\", "\\\n", "\n", "\r\n", " ", "\t", "#", "${w}", "${", "$", "---\n", "---", "\n---\n", "parameters:\n",
        "  w: {type: integer}\n",
        "title: x\n", "default: ", "enum: [", "- - - ", "? ", "&a ", "*a", "!!int ", "|\n", ">\n", "gst-launch-1.0 -v ",
        "rtsp://u:p@h/x",
        "file:///", "/dev/video0", "gst:", "@", ":", "%", "\u{0}", "\u{1B}", "\u{FFFF}", "\u{FEFF}", "\u{A0}", "“", "é",
        "\u{1F4F7}", "e\u{301}",
        "rtspsrc location=rtsp://10.0.0.5/a", "v4l2src device=/dev/video0", " max-size-buffers=0", " sync=true",
        "is-live=true",
        "width=3840", "gst:queue", "grayscale", "filesink", "sink_0::xpos=1", "\u{202E}",
        "framerate=(fraction)[1/1,121/1]",
        "autovideosink", "fakesink", "caps=", "x264enc", "mp4mux", "memory:NVMM", "30/1", "1e400", "0x",
        "99999999999999999999",
        "pattern: \"(a\"\n", "minimum: .inf\n", "<<: ", "[[[[[[[[", "{{{{{{{{",
    ]

    static func text(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return (0..<Int.random(in: 0..<24, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        case 1:
            return (0..<Int.random(in: 0..<24, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: " ")
        case 2:
            let yaml = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            return "---\n\(yaml)\n---\nvideotestsrc ! streamtap"
        default:
            var bytes = Array(GoodPlanTests.sample.utf8)
            for _ in 0..<Int.random(in: 1..<8, using: &random) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: position)
                default: bytes.removeSubrange(position..<min(position + 20, bytes.count))
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test("Random and mutated plans")
    func fuzz() {
        var random = SeededGenerator.announced()
        var sound = 0
        for _ in 0..<Self.count {
            let text = Self.text(&random)
            do {
                let plan = try Plan(parsing: text)
                sound += 1
                Self.check(plan)
            } catch {
                let lines = text.unicodeScalars.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
                if !error.diagnostics.contains(where: { $0.severity == .error }) {
                    Issue.record("refused without an error: \(text.debugDescription)")
                }
                for diagnostic in error.diagnostics {
                    if diagnostic.line < 1 || diagnostic.line > lines + 1 || diagnostic.column < 1
                        || diagnostic.length < 1
                    {
                        Issue.record("\(diagnostic) is no place in \(text.debugDescription)")
                    }
                }
                _ = DiagnosticRenderer(file: "f", text: text).render(error.diagnostics)
            }
            _ = Redaction(planText: text).shownPlanText(Redaction.masked(text))
        }
        #expect(sound > Self.count / 100)
    }

    /// What every graph promises to those who build it.
    static func check(_ plan: Plan) {
        let graph = plan.graph
        let ids = Set(graph.nodes.map(\.id))
        let taps = Set(graph.nodes.filter { $0.kind == .tap }.map(\.id))
        let isSound =
            ids.count == graph.nodes.count
            && graph.edges.allSatisfy {
                ids.contains($0.source) && ids.contains($0.target) && !taps.contains($0.source)
            }
            && Set(graph.sideTaps.map(\.nodeID)) == taps && graph.sideTaps.count == taps.count
            && graph.sideTaps.allSatisfy { ids.contains($0.attachPoint) && !taps.contains($0.attachPoint) }
            && taps.allSatisfy { PlanName.isValid($0) }
        if !isSound { Issue.record("unsound graph from \(plan.text.debugDescription)") }
        let diagram = PlanDiagram(PlanDescription(graph, stages: ["queue"]))
        let lines = diagram.text().utf8.count { $0 == UInt8(ascii: "\n") }
        if lines < 1 + graph.nodes.count + graph.edges.count || !diagram.text(.dot).hasSuffix("}\n") {
            Issue.record("a picture lacks something of \(plan.text.debugDescription)")
        }
        if plan.lint(stages: ["tee"]).contains(where: { $0.severity == .error }) {
            Issue.record("an error among the warnings about \(plan.text.debugDescription)")
        }
        checkPolicy(plan)
        _ = try? plan.binding([:])
    }

    /// Nothing that is admitted names an element or a media type beyond the tables.
    static func checkPolicy(_ plan: Plan) {
        guard plan.policyViolations(stages: []).isEmpty else { return }
        for node in plan.graph.nodes {
            if case .named(let name, _) = node.kind, !TextPolicy.elements.contains(name) {
                Issue.record("'\(name)' is admitted in \(plan.text.debugDescription)")
            }
            if node.properties.contains(where: {
                $0.name.contains(":") || $0.name == "option-string" || $0.name == "caps"
            }) {
                Issue.record("a property too many is admitted in \(plan.text.debugDescription)")
            }
        }
    }

    static func seconds(_ text: String) -> Double {
        let times = (0..<3).map { _ in
            let start = threadSeconds()
            _ = problems(text)
            return threadSeconds() - start
        }
        return times.min() ?? 0
    }

    @Test(
        "Ten times the text takes about ten times as long",
        arguments: [
            "! queue max-size-buffers=5 leaky=downstream ", "a ! b\n", "t. ! streamtap ", "! streamtap ", "! t. ",
            "x.y ", "(", "\"", "'a ",
            "! video/x-raw,width=640 ", "\\ ", "# a\n", "{ ", ") ", "${a} ", "a=${b} ", ", ", "\u{1F4F7}", "a=\" ",
            "/ ", "a= ", "! tee name=t ",
        ])
    func linear(_ piece: String) {
        let small = "videotestsrc name=s " + String(repeating: piece, count: 200)
        let large = "videotestsrc name=s " + String(repeating: piece, count: 2000)
        let ratio = Self.seconds(large) / max(Self.seconds(small), 0.000_2)
        #expect(ratio < 40)
    }

    @Test("Garbage is refused, more than a megabyte at once")
    func garbage() {
        let size = Self.environment("PLANS_GARBAGE_BYTES").flatMap { Int($0) } ?? 1 << 16
        for piece in ["@", "( ", "a.", "\"x", "! ", "${", "a/b,", "video/x-raw,a=[", "---\n", "\\"] {
            let text = String(repeating: piece, count: size / piece.utf8.count)
            let start = threadSeconds()
            #expect(!problems(text).isEmpty)
            if size > 1 << 16 { print("\(piece.debugDescription): \(threadSeconds() - start) s") }
        }
        let tooLong = String(repeating: "a", count: (1 << 20) + 1)
        #expect(problems(tooLong).map(\.code) == [.limitExceeded])
    }

    @Test("Deep nesting is refused")
    func nesting() {
        let depths = ["[", "{a: ", "- ", "? ", "(", "{", "<", "x/y,a=[", "x/y,a={"]
        for opener in depths {
            let deep = String(repeating: opener, count: 20_000)
            #expect(!problems("---\nparameters: \(deep)\n---\nfakesrc").isEmpty)
            #expect(!problems("---\n\(deep)\n---\nfakesrc").isEmpty)
            #expect(!problems("videotestsrc ! video/x-raw,a=\(deep)").isEmpty)
        }
    }
}
