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
            ("rtspsrc location=http://127.0.0.1:9/x ! rtph264depay ! avdec_h264", .planInvalid, "No valid RTSP URL"),
            ("rtspsrc location=rtsp:/camera/x ! decodebin", .planInvalid, "No valid RTSP URL"),
            ("souphttpsrc location=camera ! multipartdemux", .planInvalid, "camera"),
            ("uridecodebin uri=camera", .planInvalid, "camera"),
            ("filesrc ! decodebin", .planInvalid, "file name"),
            ("v4l2src device=/dev/video99", .deviceMissing, "/dev/video99"),
            ("filesrc location=/nowhere/film.mp4 ! decodebin", .notFound, "/nowhere/film.mp4"),
            ("filesrc location=/proc/self/status ! decodebin", .fileUnreadable, ""),
        ])
    func cannotBeHad(_ source: String, _ reason: FailureReason, _ words: String) async throws {
        let run = try Run("\(source) ! streamtap name=t")
        let ending = try await run.end()
        #expect(ending.reason == reason, "\(ending)")
        #expect(ending.message.contains(words), "\(ending)")
        #expect(!ending.message.contains("secret"))
    }

    @Test(
        "A camera that refuses a password says in which way it takes one",
        arguments: [
            (
                ["Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256"], FailureReason.authenticationUnsupported,
                "SHA-256"
            ),
            (
                ["Digest realm=\"a\",algorithm=\"SHA-512-256\",nonce=\"b\"", "Bearer"], .authenticationUnsupported,
                "SHA-512-256"
            ),
            (
                ["Digest realm=\"a\", nonce=\"b\"", "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256"],
                .unauthorized, ""
            ),
            (["Digest realm=\"a\", nonce=\"b\", algorithm=MD5"], .unauthorized, ""),
            (["Basic realm=\"a\""], .unauthorized, ""),
            ([], .unauthorized, ""),
        ])
    func passwords(_ challenges: [String], _ reason: FailureReason, _ words: String) async throws {
        let lines = challenges.map { "WWW-Authenticate: \($0)\\r\\n" }.joined()
        // Answers every request so.
        let camera = try ChildProcess(
            "/usr/bin/python3",
            [
                "-c",
                """
                import re, socketserver
                class Camera(socketserver.StreamRequestHandler):
                    def handle(self):
                        number = b"0"
                        while line := self.rfile.readline():
                            if found := re.match(rb"(?i)cseq: *([0-9]+)", line): number = found[1]
                            if line == b"\\r\\n":
                                self.wfile.write(b'RTSP/1.0 401 Unauthorized\\r\\nCSeq: ' + number + b'\\r\\n\(lines)\\r\\n')
                server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Camera)
                print("port %d" % server.server_address[1], flush=True)
                server.serve_forever()
                """,
            ])
        defer { camera.kill() }
        let port = try await camera.line(containing: "port ").dropFirst(5)
        let run = try Run(
            "rtspsrc location=rtsp://me:secret@127.0.0.1:\(port)/x protocols=tcp ! rtph264depay ! avdec_h264 ! streamtap"
        )
        let ending = try await run.end()
        #expect(ending.reason == reason, "\(ending)")
        #expect(ending.message.contains(words) && !ending.message.contains("secret"), "\(ending)")
    }

    @Test("A camera that answers what is no answer has been reached")
    func nonsense() async throws {
        let camera = try ChildProcess(
            "/usr/bin/python3",
            [
                "-c",
                """
                import socketserver
                class Camera(socketserver.StreamRequestHandler):
                    def handle(self):
                        while line := self.rfile.readline():
                            if line == b"\\r\\n": self.wfile.write(b"RTSP/1.0 what is this\\r\\n\\r\\n")
                server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Camera)
                print("port %d" % server.server_address[1], flush=True)
                server.serve_forever()
                """,
            ])
        defer { camera.kill() }
        let port = try await camera.line(containing: "port ").dropFirst(5)
        let run = try Run(
            "rtspsrc location=rtsp://127.0.0.1:\(port)/x protocols=tcp ! rtph264depay ! avdec_h264 ! streamtap")
        let ending = try await run.end()
        #expect(ending.reason == .cameraError, "\(ending)")
        #expect(ending.message.contains("Parse error"), "\(ending)")
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
