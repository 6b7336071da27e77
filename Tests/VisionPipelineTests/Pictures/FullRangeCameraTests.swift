import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a viewer sees of a camera is what ffmpeg shows of the same camera.
@Suite("Cameras beside ffmpeg", .timeLimit(.minutes(2)))
struct FullRangeCameraTests {
    @Test("Full range over RTSP has the contrast that the bitstream says", arguments: [RTSPCamera.Codec.h264, .h265])
    func contrast(codec: RTSPCamera.Codec) async throws {
        let camera = try await RTSPCamera.start(
            codec: codec, pattern: "gradient", width: 320, height: 240, fps: 10, gop: 5, isFullRange: true)
        defer { camera.process.kill() }
        let run = try Run(
            """
            rtspsrc location=\(camera.address) protocols=tcp latency=50 ! rtp\(codec)depay ! \(codec)parse ! avdec_\(codec) \
            name=out ! streamtap name=plain quality=98
            out. ! rotate angle=0 ! streamtap name=staged quality=98
            """)
        let theirs = try TheirPicture(of: camera.address, options: ["-rtsp_transport", "tcp", "-t", "1"])
        for tap in 0..<2 {
            try await eventually(within: .seconds(20)) { run.runner.tapProgress[tap].frames > 5 || run.ending != nil }
        }
        try await run.stop()
        for tap in 0..<2 {
            let jpeg = try #require(run.pictures.last { $0.header.tap == tap }?.jpeg)
            let quality = try theirs.quality(of: jpeg)
            #expect(quality > 34, "tap \(tap): \(quality) dB")
        }
    }
}
