import TestSupport
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

    static let overHTTP = [
        "souphttpsrc location=URL ! multipartdemux", "souphttpsrc location=URL is-live=true ! multipartdemux",
        "curlhttpsrc location=URL ! multipartdemux", "souphttpsrc location=URL ! decodebin", "uridecodebin uri=URL",
    ]

    @Test("A camera over HTTP that cannot be reached", arguments: overHTTP)
    func unreachableOverHTTP(_ source: String) async throws {
        for (address, reason, words) in [
            ("http://me:secret@127.0.0.1:9/x", FailureReason.refused, "Connection refused"),
            ("http://nosuchhost.invalid/x", .unreachable, "nosuchhost.invalid"),
        ] {
            let run = try Run("\(source.replacing("URL", with: address)) ! streamtap name=t")
            let ending = try await run.end()
            #expect(ending.reason == reason, "\(ending)")
            #expect(ending.message.contains(words), "\(ending)")
            #expect(!ending.message.contains("secret"))
        }
    }

    @Test("A camera over HTTP that answers with an error", arguments: overHTTP)
    func errorOverHTTP(_ source: String) async throws {
        let folder = try TemporaryDirectory()
        let picture = try folder.write("no picture", to: "picture.jpg")
        for (status, reason) in [
            (401, FailureReason.unauthorized), (403, .unauthorized), (404, .notFound), (503, .cameraError),
        ] {
            let camera = try await MJPEGCamera.start(picture: picture, status: status)
            defer { camera.process.kill() }
            let run = try Run("\(source.replacing("URL", with: camera.address)) ! streamtap name=t")
            let ending = try await run.end()
            #expect(ending.reason == reason, "\(status): \(ending)")
        }
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
