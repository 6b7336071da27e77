import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

@Suite("A film that begins long before its first keyframe", .timeLimit(.minutes(1)))
struct CutFilmTests {
    @Test(
        "Its first picture waits for its own time, which is no silence",
        arguments: ["tsdemux ! h264parse ! avdec_h264", "decodebin"])
    func waits(way: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let (whole, cut) = (place.path("whole.ts"), place.path("cut.ts"))
        // Keyframes at 0, 20 and 40 s; all pictures take about as many bytes.
        try Film.launch(
            """
            videotestsrc num-buffers=210 pattern=snow ! video/x-raw,width=64,height=48,framerate=5/1 \
            ! x264enc tune=zerolatency key-int-max=100 option-string=scenecut=0 ! h264parse ! mpegtsmux ! filesink location=\(whole)
            """)
        let bytes = try Data(contentsOf: URL(filePath: whole))
        try bytes.dropFirst(bytes.count / 188 / 5 * 188).write(to: URL(filePath: cut))
        let run = try Run("filesrc location=\(cut) ! \(way) ! streamtap name=t")
        try await eventually { run.runner.sources.first?.awaitsWholePicture == true || run.ending != nil }
        #expect(run.ending == nil && run.runner.tapProgress[0].frames == 0)
        // Whoever looks asks once more: it is not for a moment only.
        try await eventually { run.runner.sources.first.map { !$0.isLive } == true }
        #expect(run.runner.sources.first?.awaitsWholePicture == true)
        try await run.stop()
        // The whole one does not wait.
        let other = try Run("filesrc location=\(whole) ! \(way) ! streamtap name=t")
        try await eventually { other.runner.tapProgress[0].frames > 0 }
        #expect(other.runner.sources.first?.awaitsWholePicture == false)
        try await other.stop()
    }
}
