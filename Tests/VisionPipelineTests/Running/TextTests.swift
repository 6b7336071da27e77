@testable import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A value that is text is drawn as text.
@Suite(.timeLimit(.minutes(1)))
struct TextTests {
    /// White samples on black, and from where to where they go across.
    private func drawn(_ text: String, by element: String) async throws -> (count: Int, width: Int) {
        let plan = try Plan(
            parsing: """
                ---
                parameters: {words: {type: string}}
                ---
                videotestsrc pattern=black num-buffers=2 ! video/x-raw,format=I420,width=640,height=120
                  ! \(element) text=${words} font-desc="DejaVu Sans Mono 20" halignment=left ! streamtap name=t
                """)
        let run = try Run(plan, parameters: ["words": .string(text)])
        #expect(try await run.end().reason == .endOfStream)
        let frame = try #require(run.runner.tap("t")?.newest)
        var (count, first, last) = (0, 640, 0)
        frame.withPlanes { planes in
            for y in 0..<120 {
                planes[0].withRow(y) { row in
                    for x in row.indices where row[x] > 180 {
                        count += 1
                        (first, last) = (min(first, x), max(last, x))
                    }
                }
            }
        }
        return (count, last - first)
    }

    @Test(
        "What markup is made of is drawn as it stands",
        arguments: ["A & B", "<b>x</b>", "1 < 2 > 0", "&amp;", "</span>"])
    func markup(text: String) async throws {
        let seen = try await drawn(text, by: "textoverlay")
        // Each character of this font is as wide as any other.
        let same = try await drawn(String(repeating: "M", count: text.count), by: "textoverlay")
        #expect(seen.count > 20)
        #expect(abs(seen.width - same.width) <= 24, "\(seen) \(same)")
    }

    /// Whether anything is drawn of a text that stands in the plan itself, which is markup.
    private func isDrawn(_ text: String) async throws -> Bool {
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let plan = try Plan(
            parsing: """
                videotestsrc pattern=black num-buffers=1 ! video/x-raw,format=I420,width=320,height=64
                  ! textoverlay text="\(quoted)" font-desc="Sans 20" ! streamtap name=t
                """)
        let run = try Run(plan)
        #expect(try await run.end().reason == .endOfStream)
        let frame = try #require(run.runner.tap("t")?.newest)
        return frame.withPlanes { planes in
            (0..<64).contains { y in planes[0].withRow(y) { row in row.indices.contains { row[$0] > 120 } } }
        }
    }

    @Test(
        "What the linter says of a text that stands in a plan is what is seen",
        arguments: [
            "A & B", "A &amp; B", "A&B;", "&#65;", "&#x41;", "&#0;", "&#xD800;", "&;", "&bogus;", "a < b", "a > b",
            "<b>x</b>",
            "<b>x", "x</b>", "<b>x</i>", "<b><i>x</b></i>", "<q>x</q>", "<span color='white'>x</span>",
            "<span>x</span >",
            "<b >x</b>", "< b>x</b>", "<b>x</ b>", "x<", "x&", "<b/>x", "<B>x</B>", "<span lang='>'>x</span>", "é & ü",
        ])
    func linter(text: String) async throws {
        #expect(try await isDrawn(text) == (MarkupScanner.fault(in: text) == nil))
    }
}
