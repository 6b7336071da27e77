import Foundation
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a stage has found, behind GStreamer elements further on.
@Suite(.timeLimit(.minutes(1)))
struct CarriedDetectionTests {
    /// A picture of one tag, played five times by a plan; what the last stage got.
    private func play(_ between: String) async throws -> (scene: TagScene, frames: [Frame]) {
        let scene = TagScene(position: SIMD3(0.15, -0.08, 1))
        let place = try Recording()
        defer { place.remove() }
        let picture = scene.picture(try TagImage(.tag36h11, id: 7))
        try Data("P5 \(scene.width) \(scene.height) 255\n".utf8 + picture).write(to: URL(filePath: place.path("a.pgm")))
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            filesrc location=\(place.path("a.pgm")) ! pnmdec ! imagefreeze num-buffers=5 ! videoconvert
              ! video/x-raw,format=I420,framerate=30/1
              ! apriltag name=tags ! \(between) ! probe id=\(id) ! overlay ! streamtap name=live
            """)
        #expect(try await run.end().reason == .endOfStream)
        let frames = log.frames
        try #require(frames.count == 5)
        return (scene, frames)
    }

    @Test(
        "Where the whole picture arrives, tags are where they are in it",
        arguments: [
            ("videoscale ! video/x-raw,width=160,height=120", 0.5, 0.5),
            ("videoscale ! video/x-raw,width=160,height=240", 0.5, 1),
            ("videoconvert ! videobalance brightness=0.1 ! queue", 1, 1),
            ("x264enc tune=zerolatency ! h264parse ! avdec_h264", 1, 1),
        ])
    func kept(_ between: String, _ x: Double, _ y: Double) async throws {
        let (scene, frames) = try await play(between)
        for frame in frames {
            let found = try #require(frame.detections?.first)
            #expect(found.id == 7)
            for corner in scene.corners {
                #expect(
                    found.corners.contains { abs($0.x - corner.x * x) < 1 && abs($0.y - corner.y * y) < 1 },
                    "\(found.corners) \(corner)")
            }
        }
    }

    @Test(
        "Where it is turned, cropped, bent or padded, nothing is said rather than something wrong",
        arguments: [
            "videoflip method=horizontal-flip", "videocrop left=40", "videobox left=-20 ! videoconvert",
            "videoconvert ! gst:rotate angle=0.5 ! videoconvert",
            "videoscale ! video/x-raw,width=160,height=240,pixel-aspect-ratio=1/1",
        ])
    func lost(_ between: String) async throws {
        let (_, frames) = try await play(between)
        #expect(frames.allSatisfy { $0.detections == nil })
    }
}
