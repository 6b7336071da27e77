import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Recordings")
    struct RecordingTests {
        private static let encoder = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10"

        /// A camera, a tap, a stage, a tap, and branches behind the stage.
        private static func plan(_ branches: [String]) -> String {
            """
            ---
            parameters:
              camera: {type: string, format: uri}
            ---
            rtspsrc location=${camera} latency=50 protocols=tcp ! rtph264depay ! h264parse ! avdec_h264
              ! streamtap name=live ! blur name=soft kernel=3 ! streamtap name=blurred

            """ + branches.map { "soft. ! \($0)\n" }.joined()
        }

        @Test("The recording of pipelines/record.plan is whole after DELETE, to a frame")
        func recordPlan() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20)
            let server = try await StreamTapProcess.start(directory: directory.path)
            try await server.create("record", parameters: ["camera": camera.address])
            let viewer = try await server.watch("record", "blurred")
            _ = try await viewer.picture()
            let seen = try await framesSeen(server, "record", "blurred", atLeast: 40)
            try await server.remove("record")

            let film = try FilmFacts(of: "\(directory.path)/recording-00000.mp4")
            // A busy machine loses frames before the stage: then the film is longer than its frames, never shorter.
            // What came between the last look and DELETE is in it, too.
            #expect(film.frames >= seen - 1 && film.width == 160 && film.height == 120, "\(film), seen \(seen)")
            #expect((film.duration ?? 0) >= Double(film.frames - 1) / 20 - 0.005, "\(film)")
        }

        @Test("Every kind of branch at once: files are playable after DELETE and agree")
        func everyKind() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20)
            let recorder = try await RTSPCamera.startRecorder(file: "\(directory.path)/upload.ts")
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan([
                    "\(Self.encoder) ! h264parse ! mp4mux ! filesink location=\(directory.path)/a.mp4",
                    "\(Self.encoder) ! h264parse ! matroskamux ! filesink location=\(directory.path)/b.mkv",
                    "\(Self.encoder) ! h264parse ! splitmuxsink location=\(directory.path)/c-%03d.mp4",
                    "jpegenc ! multifilesink location=\(directory.path)/d-%03d.jpg",
                    "\(Self.encoder) ! rtspclientsink name=upload latency=0 location=\(recorder.address)",
                ])
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await framesSeen(server, "cam", "blurred", atLeast: 40)
            let branches = try await server.branches("cam")
            #expect(branches.map(\.state) == Array(repeating: "running", count: 5), "\(branches)")
            try await server.remove("cam")

            for name in ["a.mp4", "b.mkv", "c-000.mp4"] {
                let film = try FilmFacts(of: "\(directory.path)/\(name)")
                #expect(film.frames >= seen - 1, "\(name): \(film), seen \(seen)")
                #expect((film.duration ?? 0) >= Double(film.frames - 1) / 20 - 0.005, "\(name): \(film)")
            }
            let stills = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
                $0.hasPrefix("d-")
            }
            #expect(stills.count >= seen - 1, "\(stills.count), seen \(seen)")
            // The server records from when the connection stands.
            #expect(try FilmFacts(of: "\(directory.path)/upload.ts").frames > 5)
        }

        @Test("A branch that fails is told of by name, and neither taps nor other branches notice")
        func failingBranches() async throws {
            let directory = try TemporaryDirectory()
            let disk = try? Disk(kilobytes: 64)
            defer { disk?.remove() }
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20)
            let closed = try ReservedPort()
            var bad = [
                "missing": "\(Self.encoder) ! matroskamux ! filesink name=missing location=\(directory.path)/no/a.mkv",
                "upload": "\(Self.encoder) ! rtspclientsink name=upload location=rtsp://127.0.0.1:\(closed.number)/in",
            ]
            if let disk { bad["full"] = "filesink name=full location=\(disk.path)/a.yuv" }
            let good = "\(Self.encoder) ! h264parse ! mp4mux ! filesink name=good location=\(directory.path)/good.mp4"
            let server = try await StreamTapProcess.serving(["cam": Self.plan(bad.values.sorted() + [good])])
            try await server.create("cam", parameters: ["camera": camera.address])
            let viewer = try await server.watch("cam", "live")
            _ = try await viewer.picture()
            let branches = try await eventually("all bad branches have failed") {
                for _ in 0..<3 { _ = try await viewer.picture(within: .seconds(3)) }
                let found = try await server.branches("cam")
                return found.filter { $0.state == "retrying" }.count == bad.count ? found : nil
            }
            #expect(Set(branches.filter { $0.state == "retrying" }.map(\.name)) == Set(bad.keys))
            func reason(_ name: String) -> String { branches.first { $0.name == name }?.reason ?? "" }
            #expect(reason("missing").contains("No such file or directory"), "\(branches)")
            #expect(reason("upload").contains("Failed to connect"), "\(branches)")
            #expect(disk == nil || reason("full").contains("No space left"), "\(branches)")
            #expect(branches.first { $0.name == "good" }?.state == "running")

            // Long after they have failed: pictures come, nothing was restarted, and the recording is whole.
            let seen = try await framesSeen(server, "cam", "blurred", atLeast: 60)
            _ = try await viewer.picture(within: .seconds(3))
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 0, "\(instance)")
            for event in viewer.drain() {
                if case .text(let text) = event { Issue.record("the viewer was told \(text)") }
            }
            try await server.remove("cam")
            #expect(try FilmFacts(of: "\(directory.path)/good.mp4").frames >= seen - 1)
            withExtendedLifetime(closed) {}
        }

        @Test("After DELETE a recording that needs three seconds to finish gets them")
        func slowFinish() async throws {
            let directory = try TemporaryDirectory()
            let server = try await StreamTapProcess.serving([
                // Eight frames wait before an element that takes 0.35 s for each.
                "slow": """
                videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=64,framerate=20/1
                  ! blur name=soft ! streamtap name=live
                soft. ! identity sleep-time=350000 ! jpegenc ! qtmux ! filesink location=\(directory.path)/a.mov
                """
            ])
            try await server.create("slow")
            _ = try await framesSeen(server, "slow", "live", atLeast: 20)
            let start = ContinuousClock.now
            try await server.remove("slow")
            // A QuickTime file that was not finished has no index and cannot be played.
            let film = try FilmFacts(of: "\(directory.path)/a.mov")
            #expect(film.frames >= 9, "\(film)")
            #expect(ContinuousClock.now - start > .seconds(2), "else this shows nothing")
        }

        @Test(
            "DELETE, then SIGTERM: the server ends within 3 s, and what the file could get by then can be played",
            arguments: ["qtmux ! filesink location=DIR/a.mov", "splitmuxsink muxer-factory=mp4mux location=DIR/a.mov"])
        func deletedThenTerminated(sink: String) async throws {
            let directory = try TemporaryDirectory()
            let sink = sink.replacing("DIR", with: directory.path)
            let server = try await StreamTapProcess.serving([
                // Frames that wait before an element that takes 0.6 s for each: more than even DELETE alone would wait for.
                "slow": """
                videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=64,framerate=20/1
                  ! blur name=soft ! streamtap name=live
                soft. ! identity sleep-time=600000 ! x264enc tune=zerolatency ! h264parse ! \(sink)
                """
            ])
            try await server.create("slow")
            _ = try await framesSeen(server, "slow", "live", atLeast: 60)
            _ = try await server.http.delete("/api/vp/instances/slow")
            let start = ContinuousClock.now
            server.process.signal(SIGTERM)
            #expect(try await server.process.ended(within: .seconds(10)) == .status(0), "\(server.process.output)")
            #expect(ContinuousClock.now - start < .seconds(3.5))
            // A QuickTime file that was not finished has no index and cannot be played.
            let film = try FilmFacts(of: "\(directory.path)/a.mov")
            #expect(film.frames >= 4, "\(film)")
        }

        /// Frames that a tap has had, once there are enough.
        private func framesSeen(
            _ server: StreamTapProcess, _ instance: String, _ tap: String, atLeast count: Int
        ) async throws -> Int {
            try await eventually("\(count) frames at \(tap)", within: .seconds(20)) {
                let taps = try await server.http.get("/api/vp/taps/\(instance)").json["taps"]
                let snapshot = (taps as? [String: any Sendable])?[tap] as? [String: any Sendable]
                let seen = snapshot?["frame_count"] as? Int ?? 0
                return seen >= count ? seen : nil
            }
        }
    }
}

extension StreamTapProcess {
    struct Branch: Hashable {
        var name: String
        var state: String
        var reason: String?
    }

    fileprivate func branches(_ id: String) async throws -> [Branch] {
        let all = try await instance(id)["branches"] as? [any Sendable] ?? []
        return all.compactMap { $0 as? [String: any Sendable] }.map {
            Branch(
                name: $0["name"] as? String ?? "", state: $0["state"] as? String ?? "", reason: $0["reason"] as? String)
        }
    }
}
