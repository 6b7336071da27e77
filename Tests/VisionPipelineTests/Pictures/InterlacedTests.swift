import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Films of fields.
@Suite("Interlaced pictures", .timeLimit(.minutes(1)))
struct InterlacedTests {
    @Test(
        "Frames say that they are interlaced, the source says so once, and deinterlace in the plan ends it",
        arguments: [
            ("-c:v libx264 -flags +ildct+ilme -x264opts tff=1", "a.mp4", "qtdemux ! h264parse ! avdec_h264"),
            ("-c:v mpeg2video -flags +ildct+ilme -top 1 -q:v 2", "a.ts", "tsdemux ! mpegvideoparse ! avdec_mpeg2video"),
        ])
    func film(encoding: String, file: String, way: String) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/" + file
        // A bar that moves eight pixels from field to field: its edges are combs.
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=black:size=160x120:rate=20:duration=0.6", "-vf",
                "format=gray,geq=lum='255*between(mod(X-N*8\\,160)\\,0\\,40)',format=yuv420p,tinterlace=interleave_top",
            ] + encoding.split(separator: " ").map(String.init) + ["-pix_fmt", "yuv420p", "-y", path])
        let (raw, smooth) = (Recorder.newLog(), Recorder.newLog())
        let run = try Run(
            """
            filesrc location=\(path) ! \(way) ! tee name=out
            out. ! queue ! probe id=\(raw.id) ! streamtap
            out. ! queue ! deinterlace ! probe id=\(smooth.id) ! streamtap
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(raw.log.count > 4 && raw.log.frames.allSatisfy(\.isInterlaced))
        #expect(smooth.log.count > 4 && !smooth.log.frames.contains(where: \.isInterlaced))
        #expect(run.runner.sources.map(\.warnings) == [[.interlaced], []])
        let (combs, smoothed) = (raw.log.frames.map(Self.combs), smooth.log.frames.map(Self.combs))
        let (most, left) = (combs.max() ?? 0, smoothed.max() ?? 0)
        #expect(most > 500 && left < most / 4, "\(combs) \(smoothed)")
    }

    @Test("A progressive film says nothing")
    func progressive() async throws {
        let film = try Film(frames: 5, fps: 10)
        let (id, log) = Recorder.newLog()
        let run = try Run("filesrc location=\(film.path) ! qtdemux ! h264parse ! avdec_h264 ! probe id=\(id)")
        #expect(try await run.end().reason == .endOfStream)
        #expect(log.count == 5 && !log.frames.contains(where: \.isInterlaced))
        #expect(run.runner.sources.map(\.warnings) == [[]])
    }

    /// Samples that differ from both their neighbours above and below, which agree.
    private static func combs(_ frame: Frame) -> Int {
        frame.withPlanes { planes in
            let luma = planes[0]
            var count = 0
            for y in 1..<(luma.height - 1) {
                for x in 0..<luma.width {
                    let (above, here, below) = (Int(luma[x, y - 1]), Int(luma[x, y]), Int(luma[x, y + 1]))
                    if abs(above - here) > 60, abs(below - here) > 60, abs(above - below) < 30 { count += 1 }
                }
            }
            return count
        }
    }
}
