import Plans
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
}
