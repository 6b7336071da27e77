import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The plans in pipelines/")
    struct PipelineFileTests {
        static let names = [
            "apriltags", "apriltags-picture", "demo", "http-mjpeg", "motion", "motion-demo", "record", "record-copy",
            "rtsp",
            "rtsp-h264", "rtsp-h265", "rtsp-mjpeg", "rtsp-video",
            "usb-mjpeg",
            "usb-raw", "video-file",
        ]

        @Test("All of them are known here")
        func allAreTested() throws {
            let files = try FileManager.default.contentsOfDirectory(atPath: StreamTapProcess.pipelines)
            #expect(Set(files) == Set(Self.names.map { "\($0).plan" }))
        }

        @Test("Each is sound", arguments: names)
        func sound(name: String) async throws {
            let process = try ChildProcess(
                StreamTapProcess.executable("streamtap"), ["check", "\(StreamTapProcess.pipelines)/\(name).plan"])
            #expect(try await process.ended() == .status(0), "\(process.output)")
            // It takes whatever comes, which is worth a warning elsewhere.
            guard name != "rtsp" else {
                #expect(process.output.contains("decodebin lets the camera") && !process.output.contains("error:"))
                return
            }
            #expect(process.output.isEmpty, "\(process.output)")
        }

        @Test(
            "Those for RTSP cameras show one",
            arguments: [
                ("rtsp-h264", RTSPCamera.Codec.h264), ("rtsp-h265", .h265), ("rtsp-mjpeg", .mjpeg),
                ("rtsp-video", .h264),
                ("rtsp", .h264),
                ("rtsp", .h265), ("rtsp", .mjpeg),
            ])
        func camera(name: String, codec: RTSPCamera.Codec) async throws {
            let camera = try await RTSPCamera.start(
                codec: codec, pattern: "red", width: 160, height: 120, hasSound: true,
                credentials: ("me", "p@ss/word"))
            defer { camera.process.kill() }
            let address = camera.address(user: "me", password: "p%40ss%2Fword")
            let server = try await StreamTapProcess.start(["run", name, "camera=\(address)"])
            let viewer = try await server.watch(name, "live")
            let picture = try JPEGPicture(decoding: try await viewer.picture(within: .seconds(20)))
            #expect(picture.width == 160 && picture.height == 120 && picture[80, 60].red > 150)
            try await server.reaches("running", name)
        }

        @Test("http-mjpeg shows a camera, and its pictures as they are")
        func httpCamera() async throws {
            let directory = try TemporaryDirectory()
            let file = "\(directory.path)/picture.jpg"
            let ffmpeg = try ChildProcess(
                "/usr/bin/ffmpeg",
                ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", file])
            #expect(try await ffmpeg.ended(within: .seconds(60)) == .status(0), "\(ffmpeg.output)")
            let camera = try await MJPEGCamera.start(picture: file)
            defer { camera.process.kill() }
            let server = try await StreamTapProcess.start(["run", "http-mjpeg", "camera=\(camera.address)"])
            let picture = try await server.watch("http-mjpeg", "live").picture(within: .seconds(20))
            #expect(picture == Array(try Data(contentsOf: URL(filePath: file))))
            try await server.reaches("running", "http-mjpeg")
        }

        @Test("http-mjpeg is started over the API, and goes where the address says and nowhere else")
        func httpCameraOverAPI() async throws {
            let directory = try TemporaryDirectory()
            let file = "\(directory.path)/picture.jpg"
            let ffmpeg = try ChildProcess(
                "/usr/bin/ffmpeg",
                ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", file])
            #expect(try await ffmpeg.ended(within: .seconds(60)) == .status(0), "\(ffmpeg.output)")
            let camera = try await MJPEGCamera.start(picture: file, password: "s3cr3t")
            let elsewhere = try await MJPEGCamera.start(picture: file)
            let redirecting = try await MJPEGCamera.start(picture: file, to: elsewhere.address)
            defer { for camera in [camera, elsewhere, redirecting] { camera.process.kill() } }
            let plan = try String(contentsOfFile: "\(StreamTapProcess.pipelines)/http-mjpeg.plan", encoding: .utf8)
            let server = try await StreamTapProcess.serving(["web": plan])
            let refused = try await server.http.post(
                "/api/vp/instances", ["plan": "web", "parameters": ["camera": "http://169.254.169.254/latest"]])
            #expect(refused.status == 422 && refused.text.contains("parameter_format"), "\(refused.text)")
            try await server.create(
                "web", parameters: ["camera": camera.address, "user": "me", "password": "s3cr3t"])
            let picture = try await server.watch("web", "live").picture(within: .seconds(20))
            #expect(picture == Array(try Data(contentsOf: URL(filePath: file))))
            try await server.create("web", id: "sent-on", parameters: ["camera": redirecting.address])
            let instance = try await server.reaches("retrying", "sent-on")
            #expect((instance["message"] as? String)?.contains("redirect") == true, "\(instance)")
            #expect(elsewhere.requests.isEmpty)
        }

        @Test("demo plays")
        func demo() async throws {
            let server = try await StreamTapProcess.start(["run", "demo"])
            for tap in ["colour", "grey", "blurred"] {
                let viewer = try await server.watch("demo", tap)
                let first = try await viewer.picture()
                let picture = try JPEGPicture(decoding: first)
                #expect(picture.width == 1280 && picture.height == 720)
                try await eventually("\(tap) moves") { try await viewer.picture() != first }
            }
            let mapped = ProcessTable.mappedFiles(of: server.pid)
            #expect(mapped.contains(StreamTapProcess.executable("streamtap")))
            #expect(mapped.filter { $0.contains("gst") || $0.contains("glib") }.isEmpty, "no GStreamer in the server")
            let worker = try #require(server.workers.first)
            #expect(ProcessTable.mappedFiles(of: worker).contains { $0.contains("libgstreamer-1.0") })
        }

        @Test("video-file plays to its end, and its last picture stays")
        func videoFile() async throws {
            let directory = try TemporaryDirectory()
            let film = "\(directory.path)/film.mp4"
            let ffmpeg = try ChildProcess(
                "/usr/bin/ffmpeg",
                [
                    "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=1.5",
                    "-c:v", "libx264", "-pix_fmt", "yuv420p", film,
                ])
            #expect(try await ffmpeg.ended(within: .seconds(60)) == .status(0), "\(ffmpeg.output)")

            let server = try await StreamTapProcess.start(["run", "video-file", "file=\(film)"])
            let instance = try await server.reaches("completed", "video-file")
            #expect(instance["reason"] as? String == "end_of_stream")
            for tap in ["film", "grey"] {
                let picture = try await server.snapshot("video-file", tap)
                #expect(picture.width == 320 && picture.height == 240)
            }
            let taps = try await server.http.get("/api/vp/taps/video-file").json["taps"] as? [String: any Sendable]
            #expect((taps?["film"] as? [String: any Sendable])?["frame_count"] as? Int == 45)
            try await server.remove("video-file")
        }

        @Test("Over the API a film must lie in the media directory")
        func mediaDirectory() async throws {
            let directory = try TemporaryDirectory()
            let server = try await StreamTapProcess.start(["serve", "--media", directory.path])
            for path in ["/etc/passwd", "../film.mp4", "a/../../film.mp4"] {
                let answer = try await server.http.post(
                    "/api/vp/instances", ["plan": "video-file", "parameters": ["file": path]])
                #expect(answer.status == 422, "\(path): \(answer.text)")
            }
        }

        @Test("The USB plans wait for a device that is not there", arguments: ["usb-mjpeg", "usb-raw"])
        func usb(name: String) async throws {
            let server = try await StreamTapProcess.start(["run", name, "device=/dev/video77"])
            let instance = try await server.reaches("retrying", name)
            #expect(instance["reason"] as? String == "device_missing", "\(instance)")
        }
    }
}
