import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a grey chain gives to encoders.
@Suite(.timeLimit(.minutes(2)))
struct GrayRecordingTests {
    static let encoders: [(chain: String, file: String, format: String)] = [
        ("x264enc ! mp4mux ! filesink location=", "a.mp4", "yuv420p"),
        ("videoconvert ! x264enc ! h264parse ! matroskamux ! filesink location=", "a.mkv", "yuv420p"),
        (
            "videoscale ! video/x-raw,width=160,height=90 ! queue ! x264enc ! mp4mux ! filesink location=", "a.mp4",
            "yuv420p"
        ),
        ("x265enc ! h265parse ! mp4mux ! filesink location=", "a.mp4", "yuv420p"),
        ("openh264enc ! h264parse ! mp4mux ! filesink location=", "a.mp4", "yuv420p"),
        ("vp8enc deadline=1 ! webmmux ! filesink location=", "a.webm", "yuv420p"),
        ("avenc_mpeg4 ! mp4mux ! filesink location=", "a.mp4", "yuv420p"),
        // Everybody reads a grey JPEG.
        ("jpegenc ! matroskamux ! filesink location=", "a.mkv", "gray"),
    ]

    @Test("Recordings are 4:2:0, as players want them, and as grey as they were", arguments: encoders)
    func format(_ chain: String, _ file: String, _ format: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc num-buffers=12 pattern=smpte100 ! video/x-raw,width=320,height=182 ! grayscale name=g ! streamtap
            g. ! \(chain)\(place.path(file))
            """)
        #expect(try await run.end().reason == .endOfStream)
        let facts = try place.facts(file)
        #expect(facts.frames == 12)
        let probe = try ChildProcess(
            "/usr/bin/ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0",
                place.path(file),
            ])
        _ = try await probe.ended(within: .seconds(20))
        #expect(probe.output.hasPrefix(format), "\(probe.output)")
        guard facts.width == 320, format != "gray" else { return }
        let noise = try await FilmDecode.worstNoise(
            of: place.path(file), pattern: "smpte100", width: 320, height: 182)
        #expect(noise > 25, "\(noise) dB")
    }
}
