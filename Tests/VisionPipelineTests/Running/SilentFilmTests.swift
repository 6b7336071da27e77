import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Films whose end nobody says, and such as have no times.
@Suite(.timeLimit(.minutes(2)))
struct SilentFilmTests {
    /// As ffmpeg writes it, by the file's ending.
    private static func film(_ path: String, frames: Int = 25) async throws {
        let process = try ChildProcess(
            "/usr/bin/ffmpeg",
            [
                "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25", "-frames:v",
                "\(frames)",
                "-pix_fmt", path.hasSuffix("gif") ? "rgb8" : "yuv420p", path,
            ])
        #expect(try await process.ended(within: .seconds(60)) == .status(0), "\(process.output)")
    }

    @Test(
        "A film ends, whatever its demuxer says",
        arguments: ["nut", "gif", "flv", "ogv", "mpg"], ["decodebin ! streamtap"])
    func ends(_ kind: String, _ way: String) async throws {
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/film.\(kind)"
        try await Self.film(path)
        let run = try Run("filesrc location=\(path) ! \(way)")
        try await eventually(within: .seconds(40)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream, "\(String(describing: run.ending))")
        #expect((23...26).contains(run.runner.tapProgress[0].frames), "\(run.runner.tapProgress[0].frames)")
    }

    @Test("Also where a stage and a recording are behind it, which is whole")
    func recorded() async throws {
        let place = try Recording()
        defer { place.remove() }
        try await Self.film(place.path("film.nut"))
        let run = try Run(
            """
            filesrc location=\(place.path("film.nut")) ! decodebin ! blur ! streamtap name=t
            t. ! x264enc ! mp4mux ! filesink location=\(place.path("a.mp4"))
            """)
        try await eventually(within: .seconds(40)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream, "\(String(describing: run.ending))")
        #expect((23...26).contains(try place.facts("a.mp4").frames))
    }

    @Test("A film that a stage works on for long has not ended")
    func slow() async throws {
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/film.mkv"
        try await Self.film(path, frames: 12)
        let (id, log) = Recorder.newLog()
        let run = try Run("filesrc location=\(path) ! decodebin ! probe id=\(id) delay=1000")
        try await eventually(within: .seconds(40)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream && log.count == 12)
    }

    @Test("A film without times into a muxer that needs them: what to write instead")
    func withoutTimes() async throws {
        let place = try Recording()
        defer { place.remove() }
        try await Self.film(place.path("film.h264"))
        let source = "filesrc location=\(place.path("film.h264")) ! h264parse"
        let run = try Run("\(source) ! mp4mux ! filesink location=\(place.path("a.mp4"))")
        let ending = try await run.end()
        #expect(ending.reason == .planInvalid && ending.message.contains("timestamps"), "\(ending)")
        for muxer in ["matroskamux"] {
            let ending = try await Run("\(source) ! \(muxer) ! filesink location=\(place.path("a.mkv"))").end()
            #expect(ending.reason == .planInvalid && ending.message.contains("timestamps"), "\(ending)")
        }
        // Beside a tap it has the pace that its parameter sets say.
        let beside = try Run(
            "\(source) name=p ! avdec_h264 ! streamtap p. ! matroskamux ! filesink location=\(place.path("c.mkv"))")
        #expect(try await beside.end().reason == .endOfStream)
        let spans = try await FilmDecode.spans(of: place.path("c.mkv"))
        #expect(spans.count == 1 && abs(spans[0].begin) < 0.1 && abs(spans[0].end - 0.96) < 0.1, "\(spans)")
        let written = try Run("\(source) ! avdec_h264 ! x264enc ! mp4mux ! filesink location=\(place.path("b.mp4"))")
        #expect(try await written.end().reason == .endOfStream)
        #expect(try place.facts("b.mp4").frames == 25)
    }
}
