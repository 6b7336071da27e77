import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Keyframes of several slices, with the parameter sets before each of them: one picture all the same.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct RepeatedSetTests {
    /// What is compared comes of two encoders, and x264 spreads a bitrate over slices as their threads come by.
    private static let slices =
        "x264enc speed-preset=ultrafast key-int-max=10 pass=quant quantizer=24 tune=zerolatency sliced-threads=true threads=4"
    private static let h265 =
        "x265enc speed-preset=ultrafast key-int-max=10 bitrate=2000 tune=zerolatency option-string=slices=3"

    private static func coding(_ decoder: String, payloader: String = "rtph264pay mtu=400 config-interval=-1")
        -> DamagedPictureTests.Coding
    {
        let isH264 = payloader.contains("264")
        return .init(
            testDescription: "\(payloader) ! \(decoder)", coder: isH264 ? slices : h265, payloader: payloader,
            decoder: decoder)
    }

    static let codings: [DamagedPictureTests.Coding] = [
        coding("rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=au ! tee ! avdec_h264"),
        coding("rtph264depay ! tee ! queue ! h264parse ! avdec_h264"),
        coding("rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=nal ! h264parse ! avdec_h264"),
        coding("rtph264depay ! avdec_h264"), coding("decodebin3"),
        coding(
            "rtph264depay ! video/x-h264,stream-format=byte-stream ! h264parse ! avdec_h264",
            payloader: "rtph264pay config-interval=-1 aggregate-mode=zero-latency"),
        coding(
            "rtph265depay ! video/x-h265,stream-format=byte-stream,alignment=au ! tee ! avdec_h265",
            payloader: "rtph265pay mtu=400 config-interval=-1"),
        coding("rtph265depay ! h265parse ! avdec_h265", payloader: "rtph265pay mtu=400 config-interval=-1"),
        coding("decodebin3", payloader: "rtph265pay mtu=400 config-interval=-1"),
    ]

    @Test("As many frames come as were sent, whole, and they are ffmpeg's", arguments: codings)
    func frames(coding: DamagedPictureTests.Coding) async throws {
        let folder = try TemporaryDirectory()
        var dump = try coding.film(pictures: 60)
        if coding.payloader.contains("265") { dump = dump.repeatingSets() }
        let (seen, run) = try await DamagedPictureTests.frames(
            of: dump.written(to: folder, "all.gdp") { _ in false }, coding)
        #expect(seen.count == 60 && !seen.contains(where: \.isDamaged))
        #expect(run.runner.sources.map(\.decodeErrors) == [0])
        let theirs = try Self.theirs(coding, folder)
        #expect(theirs.count == 60)
        for (frame, picture) in zip(seen, theirs) {
            #expect(PictureTruthTests.psnr(frame.samples(), picture) > 40, "\(frame.sequence)")
        }
    }

    /// Every eighth row of luma of what ffmpeg decodes of the same pictures, which never were in packets.
    private static func theirs(_ coding: DamagedPictureTests.Coding, _ folder: TemporaryDirectory) throws -> [[UInt8]] {
        let path = folder.path + "/film.mkv"
        try Film.launch(
            """
            videotestsrc num-buffers=60 pattern=pinwheel horizontal-speed=3 \
            ! video/x-raw,format=I420,width=256,height=192,framerate=400/1 ! \(coding.coder) \
            ! \(coding.payloader.contains("265") ? "h265parse" : "h264parse") ! matroskamux ! filesink location=\(path)
            """)
        let bytes = try CodedVideo.output(
            of: "ffmpeg",
            ["-v", "error", "-i", path, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        return stride(from: 0, to: bytes.count, by: 256 * 192 * 3 / 2).map { start in
            stride(from: start, to: start + 256 * 192, by: 8 * 256).flatMap { bytes[$0..<$0 + 256] }
        }
    }
}
