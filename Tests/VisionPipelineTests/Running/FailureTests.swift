import Testing
import WorkerLink

@testable import VisionPipeline

/// Why a plan stopped, as GStreamer tells it and as people read it.
@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
    @Test(
        "A source that cannot be had",
        arguments: [
            (
                "rtspsrc location=rtsp://me:secret@127.0.0.1:9/x ! rtph264depay ! avdec_h264", FailureReason.refused,
                "Connection refused"
            ),
            (
                "rtspsrc location=rtsp://nosuchhost.invalid/x ! rtph264depay ! avdec_h264", .unreachable,
                "nosuchhost.invalid"
            ),
            ("v4l2src device=/dev/video99", .deviceMissing, "/dev/video99"),
            ("filesrc location=/nowhere/film.mp4 ! decodebin", .notFound, "/nowhere/film.mp4"),
            ("filesrc location=/proc/self/status ! decodebin", .unsupportedFormat, ""),
        ])
    func cannotBeHad(_ source: String, _ reason: FailureReason, _ words: String) async throws {
        let run = try Run("\(source) ! streamtap name=t")
        let ending = try await run.end()
        #expect(ending.reason == reason, "\(ending)")
        #expect(ending.message.contains(words), "\(ending)")
        #expect(!ending.message.contains("secret"))
    }

    @Test("A child's property that is wrong ends the plan with its place")
    func lateProperty() async throws {
        let film = try Film(frames: 2, fps: 25)
        defer { film.remove() }
        let run = try Run("uridecodebin uri=file://\(film.path) source::no-such-thing=1 ! streamtap name=t")
        let ending = try await run.end()
        #expect(ending.reason == .planInvalid)
        #expect(ending.message.contains("has no property 'no-such-thing'"), "\(ending)")
    }
}
