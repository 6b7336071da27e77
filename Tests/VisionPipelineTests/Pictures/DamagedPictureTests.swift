import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Packets that are lost on the way: what is shown is whole, or says that it is not.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct DamagedPictureTests {
    /// One packet in a hundred is missing; the truth comes past the coding, at the same times.
    private static func plan(_ truth: Int, _ seen: Int, coder: String, packets: String, decoder: String) -> String {
        """
        videotestsrc num-buffers=400 pattern=pinwheel horizontal-speed=3
          ! video/x-raw,format=I420,width=256,height=192,framerate=100/1 ! tee name=camera
        camera. ! probe id=\(truth)
        camera. ! \(coder) ! \(packets) ! identity drop-probability=0.01 ! \(decoder) ! probe id=\(seen)
        """
    }

    private static func psnr(_ a: Frame, _ b: Frame) -> Double {
        PictureTruthTests.psnr(a.samples(), b.samples())
    }

    @Test(
        "With one packet of a hundred lost, frames that are not tagged are as they were sent",
        arguments: [
            (
                "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 bitrate=2000",
                "rtph264pay mtu=400 config-interval=-1", "rtph264depay ! h264parse ! avdec_h264"
            )
        ])
    func lossy(coder: String, packets: String, decoder: String) async throws {
        // identity drops by this generator.
        srand(1)
        let (truth, seen) = (Recorder.newLog(isThin: true), Recorder.newLog(isThin: true))
        let run = try Run(Self.plan(truth.id, seen.id, coder: coder, packets: packets, decoder: decoder))
        try await eventually(within: .seconds(60)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream)
        let sent = Dictionary(truth.log.frames.map { ($0.time / 1_000_000, $0) }, uniquingKeysWith: { $1 })
        var (whole, damaged, worst) = (0, 0, 100.0)
        for frame in seen.log.frames {
            guard !frame.isDamaged else {
                damaged += 1
                continue
            }
            guard let original = sent[frame.time / 1_000_000] else { continue }
            whole += 1
            worst = min(worst, Self.psnr(frame, original))
        }
        #expect(damaged > 20 && whole > 20, "else this shows nothing: \(damaged) and \(whole)")
        #expect(worst > 30, "\(worst) dB")
        #expect(run.runner.sources.map(\.decodeErrors).max() ?? 0 >= UInt64(damaged / 2))
        #expect(seen.log.frames.first?.isDamaged == false, "nothing is shown before the first whole picture")
    }

    @Test("A broken JPEG that looks complete costs that frame, counts, and ends nothing")
    func brokenTables() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        var bytes = try JPEGStructureTests.jpeg(["-quality", "95"], size: "320:240")
        // A Huffman table with more codes of one bit than there are.
        let table = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC4 })
        bytes[table + 5] = 200
        try Data(bytes).write(to: URL(filePath: path))
        let camera = try await MJPEGCamera.start(picture: path)
        defer { camera.process.kill() }
        let run = try Run(
            "souphttpsrc location=\(camera.address) is-live=true ! multipartdemux ! blur ! streamtap name=t")
        try await eventually { (run.runner.sources.first?.decodeErrors ?? 0) > 5 || run.ending != nil }
        #expect(run.ending == nil && run.runner.tapProgress[0].frames == 0)
        try await run.stop()
    }
}
