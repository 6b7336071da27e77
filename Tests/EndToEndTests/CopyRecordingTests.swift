import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The camera's own video, written down as it comes.
    @Suite("Copying recordings")
    struct CopyRecordingTests {
        /// A camera, a tap behind the decoder, and branches beside it.
        private static func plan(_ branches: [String], codec: String = "h264", sound: Bool = false) -> String {
            """
            ---
            parameters:
              camera: {type: string, format: uri}
            ---
            rtspsrc name=camera location=${camera} latency=50 protocols=tcp
            camera. ! application/x-rtp,media=video ! rtp\(codec)depay ! \(codec)parse name=coded
              ! avdec_\(codec) ! streamtap name=live ! blur kernel=3 name=soft
            \(branches.joined(separator: "\n"))
            """
        }

        @Test("pipelines/record-copy.plan: killed, its file plays to within a second")
        func killed() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 20)
            let server = try await StreamTapProcess.start(directory: directory.path)
            try await server.create("record-copy", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("record-copy", "live", atLeast: 90)
            try #require(server.workers.count == 1)
            kill(server.workers[0], SIGKILL)
            let film = try FilmFacts(of: "\(directory.path)/recording-00000.mp4")
            // A keyframe each second, and what was under way.
            #expect(film.frames >= seen - 25, "\(film), seen \(seen)")
            #expect(try await FilmDecode.complaints(of: "\(directory.path)/recording-00000.mp4") == "")
            // The next attempt goes on behind it.
            try await eventually("a second file", within: .seconds(20)) {
                FileManager.default.fileExists(atPath: "\(directory.path)/recording-00001.mp4")
            }
        }

        static let unheld = [
            ("a.mp4", "mp4mux fragment-duration=250 ! filesink buffer-mode=unbuffered location="),
            ("a.mkv", "matroskamux ! filesink buffer-mode=unbuffered location="),
            ("a.ts", "mpegtsmux ! filesink buffer-mode=unbuffered location="),
        ]

        @Test(
            "Without splitmuxsink, which holds what follows a keyframe, a crash costs less than a second of a camera that sends few"
        )
        func killedAmid() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 400)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan(Self.unheld.map { "coded. ! \($0.1)\(directory.path)/\($0.0)" })
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("cam", "live", atLeast: 80)
            try #require(server.workers.count == 1)
            kill(server.workers[0], SIGKILL)
            for (file, _) in Self.unheld {
                let film = try FilmFacts(of: "\(directory.path)/\(file)")
                #expect(film.frames >= seen - 18, "\(file): \(film), seen \(seen)")
            }
        }

        @Test("Written to a file as it is, coded video has start codes, beside a recording that wants it without")
        func startCodes() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 10)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan([
                    "coded. ! matroskamux ! filesink location=\(directory.path)/a.mkv",
                    "coded. ! queue ! filesink location=\(directory.path)/queued.h264",
                    "coded. ! filesink location=\(directory.path)/a.h264",
                ])
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("cam", "live", atLeast: 60)
            try await server.remove("cam")
            for name in ["a.mkv", "a.h264", "queued.h264"] {
                #expect(try FilmFacts(of: "\(directory.path)/\(name)").frames >= seen - 20, "\(name), seen \(seen)")
                #expect(try await FilmDecode.complaints(of: "\(directory.path)/\(name)") == "", "\(name)")
            }
        }

        @Test("A film that has been played: its last picture in every size, its recording completed")
        func played() async throws {
            let directory = try TemporaryDirectory()
            let server = try await StreamTapProcess.serving([
                "film": """
                videotestsrc num-buffers=20 ! video/x-raw,width=320,height=240 ! blur name=soft ! streamtap name=live
                soft. ! jpegenc ! matroskamux name=recording ! filesink location=\(directory.path)/a.mkv
                """
            ])
            try await server.create("film")
            try await server.reaches("completed", "film")
            #expect(try await server.branchState("film", "recording") == "completed")
            for (query, width) in [("", 320), ("?width=160", 160), ("?width=64&quality=30", 64), ("?width=640", 320)] {
                for _ in 0..<2 {
                    let answer = try await server.http.get("/api/vp/taps/film/live/frame.jpg\(query)")
                    #expect(answer.status == 200)
                    #expect(try JPEGPicture(decoding: answer.body).width == width, "\(query)")
                }
            }
        }

        @Test("What was recorded in one file stays when the camera was away, and when the worker had to be replaced")
        func oneFile() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 10)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan([
                    "coded. ! matroskamux ! filesink location=\(directory.path)/copy.mkv",
                    "soft. ! x264enc tune=zerolatency ! mpegtsmux ! filesink buffer-mode=unbuffered location=\(directory.path)/soft.ts",
                ])
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("cam", "live", atLeast: 60)
            try kill(#require(server.workers.first), SIGKILL)
            try await eventually(
                "the next attempt records", within: .seconds(20),
                evidence: { "\((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])" }
            ) {
                ["copy-1.mkv", "soft-1.ts"].allSatisfy {
                    FileManager.default.fileExists(atPath: "\(directory.path)/\($0)")
                }
            }
            try await server.reaches("running", "cam")
            let before = try await server.framesSeen("cam", "live", atLeast: 1)
            _ = try await server.framesSeen("cam", "live", atLeast: before + 40)
            try await server.remove("cam")
            for name in ["copy.mkv", "soft.ts"] {
                #expect(try FilmFacts(of: "\(directory.path)/\(name)").frames >= seen - 40, "\(name), seen \(seen)")
            }
            for name in ["copy-1.mkv", "soft-1.ts"] {
                #expect(try FilmFacts(of: "\(directory.path)/\(name)").frames >= 10, "\(name)")
            }
        }

        @Test("A disk that is full is the recording's trouble alone, and it comes back", .enabled(if: Disk.isPossible))
        func fullDisk() async throws {
            let disk = try Disk(kilobytes: 12 << 10)
            defer { disk.remove() }
            let camera = try await RTSPCamera.start(pattern: "snow", width: 160, height: 120, fps: 20, gop: 10)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan(["coded. ! splitmuxsink name=full location=\(disk.path)/a-%03d.mp4"])
            ])
            let ballast = "\(disk.path)/ballast"
            try Data(count: (12 << 20) - (64 << 10)).write(to: URL(filePath: ballast))
            try await server.create("cam", parameters: ["camera": camera.address])
            let viewer = try await server.watch("cam", "live")
            try await eventually("the branch is tried again", within: .seconds(20)) {
                _ = try await viewer.picture(within: .seconds(3))
                return try await server.branchState("cam", "full") == "retrying"
            }
            let before = try await server.framesSeen("cam", "live", atLeast: 1)
            _ = try await server.framesSeen("cam", "live", atLeast: before + 30)
            try FileManager.default.removeItem(atPath: ballast)
            try await eventually("the branch runs again", within: .seconds(30)) {
                try await server.branchState("cam", "full") == "running"
            }
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 0, "\(instance)")
            try await server.remove("cam")
            let names = try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted()
            let last = try #require(names.last)
            #expect(try FilmFacts(of: "\(disk.path)/\(last)").frames > 5, "\(names)")
        }

        @Test("A camera that changes its picture's size: every file plays, and shows what the camera showed")
        func sizes() async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(
                pattern: "smpte100", width: 320, height: 136, fps: 20, gop: 20, secondSize: (160, 120, each: 2))
            let copies = [
                "coded. ! splitmuxsink location=\(directory.path)/copy-%03d.mp4",
                "coded. ! mp4mux ! filesink location=\(directory.path)/one.mp4",
                "coded. ! queue ! h264parse ! matroskamux ! filesink location=\(directory.path)/one.mkv",
                "coded. ! mpegtsmux ! filesink location=\(directory.path)/one.ts",
                "soft. ! x264enc speed-preset=ultrafast ! mp4mux ! filesink location=\(directory.path)/soft.mp4",
                "soft. ! x264enc tune=zerolatency speed-preset=ultrafast ! splitmuxsink location=\(directory.path)/soft-%03d.mp4",
            ]
            let server = try await StreamTapProcess.serving(["cam": Self.plan(copies)])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("cam", "live", atLeast: 20 * 7)
            try await server.remove("cam")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            var frames: [String: Int] = [:]
            var sizes: [String: Set<Int>] = [:]
            for name in names {
                let path = "\(directory.path)/\(name)"
                let film = try FilmFacts(of: path)
                let kind =
                    String(name.prefix(while: { $0 != "-" && $0 != "." })) + (name.split(separator: ".").last ?? "")
                frames[kind, default: 0] += film.frames
                sizes[kind, default: []].insert(film.width)
                #expect(try await FilmDecode.complaints(of: path) == "", "\(name)")
                #expect((film.duration ?? 0) < Double(film.frames) / 20 + 0.5, "\(name) \(film)")
                let noise = try await FilmDecode.worstNoise(
                    of: path, pattern: "smpte100", width: film.width, height: film.height)
                #expect(noise > 25, "\(name): \(noise) dB")
            }
            #expect(frames.count == 5, "\(names)")
            for (kind, count) in frames {
                // A busy machine loses pictures before a stage, and DELETE what is in a queue.
                let missing = kind.hasPrefix("soft") ? seen / 5 : 12
                #expect(count >= seen - missing, "\(kind): \(count), seen \(seen), \(names)")
                #expect(sizes[kind] == [160, 320], "\(kind)")
            }
        }

        static let cameras: [(String, codec: RTSPCamera.Codec, bframes: Int, twin: Int)] = [
            ("plain", .h264, 0, 0), ("B-frames", .h264, 2, 0), ("equal times", .h264, 0, 10), ("H.265", .h265, 0, 0),
            ("H.265, equal times", .h265, 0, 7), ("B-frames, equal times", .h264, 2, 9),
            ("H.265, B-frames", .h265, 2, 0),
        ]

        @Test("Each piece of MPEG-TS can be played alone, whatever is written beside it", arguments: ["h264", "h265"])
        func pieces(_ codec: String) async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(
                codec: codec == "h264" ? .h264 : .h265, width: 160, height: 120, fps: 20, gop: 10)
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan(
                    [
                        "coded. ! splitmuxsink muxer-factory=mpegtsmux max-size-time=1 location=\(directory.path)/cut-%03d.ts",
                        "coded. ! hlssink2 target-duration=1 max-files=99 location=\(directory.path)/hls-%03d.ts"
                            + " playlist-location=\(directory.path)/list.m3u8",
                        "coded. ! \(codec)parse ! splitmuxsink muxer-factory=mpegtsmux max-size-time=1"
                            + " location=\(directory.path)/own-%03d.ts",
                        "coded. ! splitmuxsink location=\(directory.path)/whole.mp4",
                    ], codec: codec)
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            _ = try await server.framesSeen("cam", "live", atLeast: 70)
            try await server.remove("cam")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
                $0.hasSuffix(".ts")
            }
            for kind in ["cut", "hls", "own"] {
                #expect(names.count { $0.hasPrefix(kind) } >= 3, "\(names.sorted())")
            }
            for name in names.sorted() {
                let path = "\(directory.path)/\(name)"
                #expect(try FilmFacts(of: path).width == 160, "\(name)")
                #expect(try await FilmDecode.complaints(of: path) == "", "\(name)")
            }
        }

        @Test("A recording is as long as it took, in every container, and has all frames", arguments: cameras)
        func length(_ name: String, _ codec: RTSPCamera.Codec, _ bframes: Int, _ twin: Int) async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(
                codec: codec, width: 160, height: 120, fps: 25, gop: 25, bframes: bframes, twin: twin)
            let parse = "\(codec.rawValue)parse"
            let server = try await StreamTapProcess.serving([
                "cam": Self.plan(
                    [
                        "coded. ! queue ! \(parse) ! splitmuxsink location=\(directory.path)/a-%03d.mp4",
                        "coded. ! mp4mux ! filesink location=\(directory.path)/b.mp4",
                        "coded. ! queue ! matroskamux ! filesink location=\(directory.path)/c.mkv",
                        "coded. ! mpegtsmux ! filesink location=\(directory.path)/d.ts",
                    ], codec: codec.rawValue)
            ])
            try await server.create("cam", parameters: ["camera": camera.address])
            let seen = try await server.framesSeen("cam", "live", atLeast: 100)
            try await server.remove("cam")
            for file in ["a-000.mp4", "b.mp4", "c.mkv", "d.ts"] {
                let film = try FilmFacts(of: "\(directory.path)/\(file)")
                #expect(film.frames >= seen - 8, "\(file): \(film), seen \(seen)")
                let expected = Double(film.frames) / 25
                // A few frames, since a camera on a busy machine leaves some out; where two have the same time, one is moved.
                let tolerance = twin == 0 ? 0.2 : expected * 0.05 + 0.08
                #expect(abs((film.duration ?? 0) - expected) < tolerance, "\(file): \(film)")
                #expect(try await FilmDecode.complaints(of: "\(directory.path)/\(file)") == "", "\(file)")
                #expect(try await FilmDecode.equalTimes(in: "\(directory.path)/\(file)") == 0, "\(file)")
            }
        }

        static let muxers: [(file: String, branch: String)] = [
            ("a-000.mp4", "coded. ! m.video SOUND m.audio_0 splitmuxsink name=m location=DIR/a-%03d.mp4"),
            ("b.mkv", "coded. ! m. SOUND m. matroskamux name=m ! filesink location=DIR/b.mkv"),
            ("c.ts", "coded. ! m. SOUND m. mpegtsmux name=m ! filesink location=DIR/c.ts"),
            // A stage's pictures, and the camera's sound.
            ("d.mp4", "soft. ! x264enc tune=zerolatency ! m. SOUND m. mp4mux name=m ! filesink location=DIR/d.mp4"),
        ]

        @Test("Pictures and sound in one file begin together and are as long", arguments: muxers)
        func sound(_ file: String, _ branch: String) async throws {
            let directory = try TemporaryDirectory()
            let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 25, gop: 25, hasSound: true)
            let sound = "camera. ! application/x-rtp,media=audio ! rtpmp4gdepay ! aacparse !"
            let branch = branch.replacingOccurrences(of: "SOUND", with: sound)
                .replacingOccurrences(of: "DIR", with: directory.path)
            let server = try await StreamTapProcess.serving(["cam": Self.plan([branch])])
            try await server.create("cam", parameters: ["camera": camera.address])
            _ = try await server.framesSeen("cam", "live", atLeast: 100)
            try await server.remove("cam")
            let spans = try await FilmDecode.spans(of: "\(directory.path)/\(file)")
            try #require(spans.count == 2)
            for span in spans { #expect(span.end - span.begin > 2.5, "\(spans)") }
            #expect(abs(spans[0].begin - spans[1].begin) < 0.3 && abs(spans[0].end - spans[1].end) < 0.6, "\(spans)")
        }
    }
}

extension StreamTapProcess {
    /// Frames that a tap has had, once there are enough.
    func framesSeen(_ instance: String, _ tap: String, atLeast count: Int) async throws -> Int {
        try await eventually("\(count) frames at \(tap)", within: .seconds(30)) {
            let taps = try await self.http.get("/api/vp/taps/\(instance)").json["taps"]
            let snapshot = (taps as? [String: any Sendable])?[tap] as? [String: any Sendable]
            let seen = snapshot?["frame_count"] as? Int ?? 0
            return seen >= count ? seen : nil
        }
    }

    func branchState(_ id: String, _ name: String) async throws -> String? {
        let all = try await instance(id)["branches"] as? [any Sendable] ?? []
        return all.compactMap { $0 as? [String: any Sendable] }.first { $0["name"] as? String == name }?["state"]
            as? String
    }
}
