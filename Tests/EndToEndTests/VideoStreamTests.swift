import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A camera's own video at the viewer: nothing is decoded, and nothing is encoded.
    @Suite("A camera's own video", .timeLimit(.minutes(2)))
    struct VideoStreamTests {
        private static func plan(_ camera: RTSPCamera, _ coding: String = "h264") -> String {
            """
            rtspsrc location=\(camera.address) latency=100 protocols=tcp ! application/x-rtp,media=video
              ! rtp\(coding)depay ! \(coding)parse ! streamtap name=live
            """
        }

        /// MD5 of each picture that ffmpeg decodes in some seconds.
        private static func pictures(of address: String, seconds: Int, format: [String] = []) throws -> ChildProcess {
            try ChildProcess(
                "/usr/bin/ffmpeg",
                ["-v", "fatal"] + format + [
                    "-i", address, "-t", "\(seconds)", "-an", "-fps_mode", "passthrough", "-f", "framemd5", "-",
                ])
        }

        private static func sums(_ process: ChildProcess) async throws -> [Substring] {
            try await process.ended(within: .seconds(60))
            return process.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: ",").last.map { $0.drop { $0 == " " } }
            }
        }

        @Test(
            "Every picture is the one that the camera sent, bit for bit, in each form",
            arguments: [RTSPCamera.Codec.h264, .h265])
        func same(codec: RTSPCamera.Codec) async throws {
            let coding = codec.rawValue
            let camera = try await RTSPCamera.start(codec: codec, pattern: "ball", width: 320, height: 240)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(camera, coding)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let base = "http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/live/stream."
            let camerasOwn = try Self.pictures(of: camera.address, seconds: 8, format: ["-rtsp_transport", "tcp"])
            var ways = [
                try Self.pictures(of: base + coding, seconds: 4, format: ["-f", coding == "h264" ? "h264" : "hevc"])
            ]
            if coding == "h264" { ways.append(try Self.pictures(of: base + "mp4", seconds: 4)) }
            let sent = Set(try await Self.sums(camerasOwn))
            for way in ways {
                let got = try await Self.sums(way)
                // Both joined somewhere: what the camera's own viewer did not see yet, or no more, nobody can compare. Between the
                // first and the last that it saw none is another.
                let first = try #require(got.firstIndex { sent.contains($0) })
                let last = try #require(got.lastIndex { sent.contains($0) })
                let others = got[first...last].count { !sent.contains($0) }
                #expect(
                    got.count > 50 && last - first > 20 && others == 0, "\(first) to \(last) of \(got.count): \(others)"
                )
            }
            // Nobody looked at pictures.
            let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
            let tap = try #require(taps?["live"] as? [String: any Sendable])
            #expect(tap["encoded"] as? Int == 0 && tap["video"] as? String == coding)
            let metrics = try await server.http.get("/metrics").text
            let handed = metrics.split(separator: "\n").first {
                $0.contains("viewer_sent_pictures_total{") && $0.contains("\"video\"")
            }
            #expect(handed?.split(separator: " ").last.flatMap { Double($0) } ?? 0 > 50, "\(handed ?? "")")
            try await eventually("nobody watches") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return (taps?["live"] as? [String: any Sendable])?["viewers"] as? Int == 0
            }
        }

        @Test("A browser plays stream.mp4, and a picture is there beside it", .enabled(if: Chromium.isInstalled))
        func browser() async throws {
            let camera = try await RTSPCamera.start(pattern: "ball", width: 640, height: 360)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(camera)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/live/stream.mp4")
            try await browser.wait(
                for: "it plays",
                "((video) => video && video.videoWidth === 640 && video.currentTime > 1)(document.querySelector('video'))",
                within: .seconds(30))
            let picture = try await server.snapshot("cam", "live")
            #expect(picture.width == 640 && picture.height == 360)
        }

        @Test("A camera that comes back goes on in the streams that were open; what has no video says so")
        func away() async throws {
            let camera = try await RTSPCamera.start(pattern: "ball", width: 320, height: 240)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan(camera), "pictures": TestPlans.live,
            ])
            try await server.create("cam")
            try await server.create("pictures")
            try await server.reaches("running", "cam")
            let file = try TemporaryDirectory().path + "/stream.h264"
            let reader = try ChildProcess(
                "/usr/bin/curl",
                ["-sN", "-o", file, "http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/live/stream.h264"])
            func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0 }
            try await eventually("it flows") { size() > 0 }
            _ = try await server.http.post("/api/vp/instances/cam/restart", [:])
            try await server.reaches("running", "cam")
            let before = size()
            try await eventually("it flows again", within: .seconds(30)) { size() > before }
            #expect(reader.exit == nil)
            for path in ["pictures/colour/stream.mp4", "cam/live/stream.h265"] {
                let answer = try await server.http.get("/api/vp/taps/\(path)")
                #expect(answer.status == 404 && answer.text.contains("not_video"), "\(path): \(answer.text)")
            }
            #expect(try await server.http.get("/api/vp/taps/cam/live/stream.mp4?width=99").status == 400)
            _ = try await server.http.delete("/api/vp/instances/cam")
            #expect(try await reader.ended() == .status(0), "the stream has ended as it should")
        }
    }
}
