import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Pictures with odd sides, recorded.
@Suite(.timeLimit(.minutes(2)))
struct OddSizeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// Behind a stage, or where a decoder would be.
        var way: String
        var file: String
        /// Of what is recorded, pixels; the source's where nil.
        var shown: (width: Int, height: Int)?
        var size = (width: 321, height: 241)
        var format = "I420"
        var testDescription: String { "\(format) \(size.width)×\(size.height) \(way)" }
    }

    private static let even = (width: 320, height: 240)

    static let cases: [Case] = [
        Case(way: "blur ! x264enc ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "x264enc ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "x264enc ! mp4mux", file: "a.mp4", shown: even, format: "NV12"),
        Case(way: "grayscale ! x264enc ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "blur ! queue ! videoconvert ! x264enc ! h264parse ! matroskamux", file: "a.mkv", shown: even),
        Case(way: "blur ! x265enc ! h265parse ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "x265enc ! h265parse ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "blur ! openh264enc ! h264parse ! mp4mux", file: "a.mp4", shown: even),
        Case(way: "blur ! x264enc ! mp4mux", file: "a.mp4", shown: (320, 240), size: (320, 241)),
        Case(way: "blur ! x264enc ! mp4mux", file: "a.mp4", shown: (320, 240), size: (321, 240)),
        Case(way: "blur ! x264enc ! h264parse ! mpegtsmux", file: "a.ts", shown: (14, 14), size: (15, 15)),
        Case(way: "blur ! videocrop right=1 bottom=1 ! x264enc ! mp4mux", file: "a.mp4", shown: even),
        // 4:2:2 has half as many columns of colour, and all rows; 4:4:4 all of both.
        Case(way: "x264enc ! h264parse ! matroskamux", file: "a.mkv", shown: (320, 241), format: "Y42B"),
        Case(way: "x264enc ! h264parse ! matroskamux", file: "a.mkv", format: "Y444"),
        // These know odd sides.
        Case(way: "blur ! vp8enc deadline=1 ! webmmux", file: "a.webm"),
        Case(way: "blur ! avenc_mpeg4 ! mp4mux", file: "a.mp4"),
        Case(way: "blur ! jpegenc ! matroskamux", file: "a.mkv"),
        Case(way: "blur ! avenc_ffv1 ! matroskamux", file: "a.mkv", size: (1, 1)),
        Case(way: "blur ! avenc_ffv1 ! matroskamux", file: "a.mkv", size: (15, 15)),
    ]

    @Test(
        "What is recorded of them is what was there, but for a last column or row that a coding cannot have",
        arguments: cases)
    func recorded(made: Case) async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc num-buffers=6 pattern=smpte100 \
            ! video/x-raw,format=\(made.format),width=\(made.size.width),height=\(made.size.height),framerate=30/1 \
            ! tee name=all  all. ! streamtap
            all. ! \(made.way.replacing("blur", with: "rotate angle=0")) ! filesink location=\(place.path(made.file))
            """)
        #expect(try await run.end().reason == .endOfStream)
        let facts = try place.facts(made.file)
        let shown = made.shown ?? made.size
        #expect((facts.width, facts.height) == shown && facts.frames == 6, "\(facts)")
        // Odd rows have gaps behind them in GStreamer's memory.
        guard shown.width > 16, shown.width % 2 == 0, made.format != "Y42B" else { return }
        let noise = try await FilmDecode.worstNoise(
            of: place.path(made.file), pattern: "smpte100", width: shown.width, height: shown.height,
            more: (made.size.width - shown.width, made.size.height - shown.height))
        #expect(noise > 25, "\(noise) dB")
    }

    @Test(
        "What an encoder cannot take is said, with what to do; the picture goes on",
        arguments: [
            ("x264enc", 1, 1), ("x264enc", 321, 1), ("x265enc ! h265parse", 15, 15), ("x265enc ! h265parse", 1, 241),
        ])
    func tooSmall(encoder: String, width: Int, height: Int) async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,format=I420,width=\(width),height=\(height),framerate=30/1 \
            ! rotate angle=0 name=same ! streamtap
            same. ! \(encoder) ! matroskamux ! filesink location=\(place.path("a.mkv"))
            """)
        try await eventually { run.runner.branches.first?.reason != nil || run.ending != nil }
        let reason = try #require(run.runner.branches.first?.reason)
        let name = encoder.prefix { $0 != " " }
        #expect(
            reason.contains("\(name) takes no pictures of \(width)×\(height) pixels") && reason.contains("resize"),
            "\(reason)")
        let before = run.runner.tapProgress[0].frames
        try await eventually { run.runner.tapProgress[0].frames > before + 3 || run.ending != nil }
        #expect(run.ending == nil)
        try await run.stop()
    }
}
