import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What is said about a stream beside its caps goes into branches with it.
@Suite(.timeLimit(.minutes(2)))
struct BranchTagTests {
    private static let encoder = "x264enc tune=zerolatency speed-preset=ultrafast"

    // GStreamer 1.22's muxers do not write how a film lies.
    @Test(
        "A film has its title in a copy, and is put upright by an element that does so by its tag",
        arguments: [
            ("avdec_h264 name=d ! streamtap  d. ! \(encoder)", "160,120,0"),
            ("avdec_h264 name=d ! streamtap  d. ! videoflip video-direction=auto ! \(encoder)", "120,160,0"),
            ("identity name=d ! avdec_h264 ! streamtap  d. ! h264parse", "160,120,0"),
        ])
    func copied(way: String, expected: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let film = place.path("film.mp4")
        // What ffmpeg prints is nothing.
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1", "-pix_fmt", "yuv420p",
                "-y", film,
            ])
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            ["-v", "error", "-i", film, "-c", "copy", "-metadata:s:v:0", "rotate=90", "-metadata", "title=Yard", "-y"]
                + [place.path("side.mp4")])
        #expect(try Self.facts(of: place.path("side.mp4")) == "160,120,90 Yard")
        let run = try Run(
            """
            filesrc location=\(place.path("side.mp4")) ! qtdemux ! h264parse ! \(way)
              ! mp4mux ! filesink location=\(place.path("copy.mp4"))
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(try Self.facts(of: place.path("copy.mp4")) == "\(expected) Yard")
    }

    /// Width, height and degrees of a film, and its title.
    private static func facts(of path: String) throws -> String {
        struct Answer: Decodable {
            struct SideData: Decodable { var rotation: Int? }
            struct Stream: Decodable {
                var width: Int
                var height: Int
                var side_data_list: [SideData]?
            }
            struct Format: Decodable { var tags: [String: String]? }
            var streams: [Stream]
            var format: Format
        }
        let text = try CodedVideo.output(
            of: "ffprobe", ["-v", "error", "-show_streams", "-show_format", "-of", "json", path])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(text))
        guard let stream = answer.streams.first else { return "" }
        let turned = stream.side_data_list?.lazy.compactMap(\.rotation).first ?? 0
        return "\(stream.width),\(stream.height),\(abs(turned)) \(answer.format.tags?["title"] ?? "")"
    }
}
