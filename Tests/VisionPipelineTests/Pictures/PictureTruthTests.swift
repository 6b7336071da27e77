import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a viewer sees is what other programs show of the same file.
@Suite("Pictures beside ffmpeg", .timeLimit(.minutes(2)))
struct PictureTruthTests {
    /// How a film is made, and the plan's way from the file to pixels.
    struct Make: Sendable, CustomTestStringConvertible {
        var encoding: String
        var file: String
        var way: String
        var testDescription: String { "\(encoding) → \(file)" }
    }

    static let makes =
        ["264", "265"].flatMap { codec -> [Make] in
            let full = codec == "264" ? "-x264-params fullrange=on:keyint=5" : "-x265-params range=full:log-level=none"
            let limited = codec == "264" ? "-x264-params keyint=5" : "-x265-params log-level=none"
            let decoder = "h\(codec)parse ! avdec_h\(codec)"
            return [
                Make(
                    encoding: "-vf scale=out_range=full,format=yuvj420p -c:v libx\(codec) \(full)", file: "f.mp4",
                    way: "qtdemux ! \(decoder)"),
                Make(
                    encoding: "-vf scale=out_range=full,format=yuvj420p -c:v libx\(codec) \(full)",
                    file: codec == "264" ? "f.h264" : "f.hevc", way: decoder),
                Make(
                    encoding: "-pix_fmt yuv420p -c:v libx\(codec) \(limited)", file: "l.mp4",
                    way: "qtdemux ! \(decoder)"),
                Make(
                    encoding: "-vf scale=out_range=full,format=yuv420p10le -c:v libx\(codec) \(full)", file: "t.mp4",
                    way: "qtdemux ! \(decoder)"),
                Make(encoding: "-pix_fmt yuv422p -c:v libx\(codec) \(limited)", file: "w.mkv", way: "decodebin"),
                Make(encoding: "-pix_fmt gray -c:v libx\(codec) \(limited)", file: "g.mkv", way: "decodebin"),
            ]
        } + [
            // Headers come before the pictures, flagged as if they were some that refer to others.
            Make(encoding: "-pix_fmt yuv420p -c:v libtheora -q:v 10", file: "t.ogv", way: "oggdemux ! theoradec"),
            Make(encoding: "-pix_fmt yuvj420p -c:v mjpeg -q:v 1", file: "j.avi", way: "avidemux"),
            Make(encoding: "-pix_fmt yuvj444p -c:v mjpeg -q:v 1", file: "j.mjpeg", way: "jpegparse"),
            Make(encoding: "-pix_fmt yuvj444p -c:v mjpeg -q:v 1", file: "j.mkv", way: "decodebin"),
            Make(encoding: "-pix_fmt yuvj422p -c:v mjpeg -q:v 1", file: "j.mov", way: "qtdemux ! jpegdec"),
        ]

    @Test("The last picture of a film is ffmpeg's, as it is and behind a stage", arguments: makes)
    func film(make: Make) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/" + make.file
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "smptehdbars=size=320x240:rate=10:duration=0.5,gblur=sigma=5"]
                + make.encoding.split(separator: " ").map(String.init) + ["-y", path])
        let raw = try CodedVideo.output(
            of: "ffmpeg", ["-v", "error", "-i", path, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        let theirs = Array(raw.suffix(320 * 240 * 3))
        let run = try Run(
            """
            filesrc location=\(path) ! \(make.way) name=out ! streamtap name=plain quality=98
            out. ! rotate angle=0 name=same ! streamtap name=staged quality=98
            """)
        #expect(try await run.end().reason == .endOfStream)
        for tap in 0..<2 {
            let jpeg = try #require(run.pictures.last { $0.header.tap == tap }?.jpeg)
            let ours = try DecodedJPEG(jpeg)
            #expect((ours.width, ours.height) == (320, 240))
            let quality = Self.psnr(ours.rgb, theirs)
            #expect(quality > 36, "tap \(tap): \(quality) dB")
        }
    }

    /// Decibels between two pictures of the same size.
    static func psnr(_ a: [UInt8], _ b: [UInt8]) -> Double {
        guard a.count == b.count, !a.isEmpty else { return 0 }
        let error = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) } / Double(a.count)
        return error == 0 ? 99 : 10 * log10(255 * 255 / error)
    }

    @Test(
        "JPEGs of every make are shown as others show them: passed on, in another quality, and behind a stage",
        arguments: [
            [], ["-sample", "4x1"], ["-sample", "4x2"], ["-sample", "1x2,1x2,1x2"], ["-sample", "2x2,2x1,2x1"],
            ["-sample", "1x2"], ["-sample", "1x1"], ["-grayscale"], ["-rgb"], ["-progressive"],
            ["-restart", "1"], ["no tables"], ["junk"], ["no end"],
        ] as [[String]])
    func jpegs(options: [String]) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        let isOdd = ["no tables", "junk", "no end"].contains(options.first)
        let sound = try JPEGStructureTests.jpeg(
            isOdd ? ["-quality", "95"] : ["-quality", "95"] + options, size: "320:240", smooth: true)
        let sent =
            switch options.first {
            case "no tables": try JPEGStructureTests.withoutTables(sound)
            case "no end": Array(sound.dropLast(2))
            case "junk": sound + [0, 0, 0xFF, 1, 2, 3]
            default: sound
            }
        try Data(sent).write(to: URL(filePath: path))
        let theirs = try DecodedJPEG(sound)
        let camera = try await MJPEGCamera.start(picture: path)
        defer { camera.process.kill() }
        let run = try Run(
            """
            souphttpsrc location=\(camera.address) ! multipartdemux name=camera ! streamtap name=plain
            camera. ! rotate angle=0 ! streamtap name=staged quality=98
            souphttpsrc location=\(camera.address) ! multipartdemux ! jpegdec ! streamtap name=decoded quality=98
            """)
        try await eventually { run.runner.tapProgress.map { $0.frames > 3 } == [true, true, true] }
        try await run.stop()
        for (tap, least) in [(0, 60.0), (1, 34.0), (2, 34.0)] {
            let jpeg = try #require(run.pictures.last { $0.header.tap == tap }?.jpeg)
            let ours = try DecodedJPEG(jpeg)
            let quality = Self.psnr(ours.rgb, theirs.rgb)
            #expect(quality > least, "tap \(tap): \(quality) dB")
        }
        let sources = run.runner.sources
        #expect(sources.count == 2 && sources.allSatisfy { $0.isLive && $0.dropped < 8 }, "\(sources)")
    }

    @Test(
        "Joined between keyframes, nothing is shown before the first whole picture", arguments: [RTSPCamera.Codec.h264])
    func joinedLate(codec: RTSPCamera.Codec) async throws {
        let camera = try await RTSPCamera.start(codec: codec, pattern: "ball", width: 320, height: 240, gop: 120)
        defer { camera.process.kill() }
        func plan(_ id: Int) -> String {
            "rtspsrc location=\(camera.address) protocols=tcp ! rtph264depay ! h264parse ! avdec_h264 ! probe id=\(id)"
        }
        let early = Recorder.newLog()
        var late = Recorder.newLog()
        let first = try Run(plan(early.id))
        try await eventually { early.log.count > 30 }
        // The camera's stream began with its first viewer; a machine that is slow to join may do so just at a keyframe.
        var second = try Run(plan(late.id))
        for _ in 0..<5 {
            var hasWaited = false
            try await eventually {
                hasWaited = hasWaited || second.runner.sources[0].awaitsWholePicture
                return hasWaited || late.log.count > 0
            }
            if hasWaited { break }
            try await second.stop()
            late = Recorder.newLog()
            second = try Run(plan(late.id))
        }
        try await eventually { late.log.count > 10 }
        #expect(second.runner.sources[0].decodeErrors == 0, "waiting is no error")
        #expect(late.log.frames.allSatisfy { !$0.isDamaged })
        try await first.stop()
        try await second.stop()
        // A white ball on black: what a decoder makes up without a keyframe is grey.
        for frame in late.log.frames {
            let mean = frame.withPlanes { planes in
                (0..<240).reduce(0) { sum, y in
                    planes[0].withRow(y) { row in row.indices.reduce(sum) { $0 + Int(row[$1]) } }
                } / (320 * 240)
            }
            #expect(mean < 60, "frame \(frame.sequence): \(mean)")
        }
    }

    @Test("A camera that cuts every tenth picture goes on; what was cut is counted")
    func cutPictures() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        try Data(JPEGStructureTests.jpeg(["-quality", "95"], size: "320:240")).write(to: URL(filePath: path))
        let camera = try await MJPEGCamera.start(picture: path, cut: 10)
        defer { camera.process.kill() }
        for way in [
            "multipartdemux ! streamtap name=t", "multipartdemux ! image/jpeg ! streamtap name=t",
            "multipartdemux ! jpegparse ! streamtap name=t", "multipartdemux ! jpegdec ! streamtap name=t",
            "multipartdemux ! jpegparse ! jpegdec ! videoconvert ! streamtap name=t",
            "multipartdemux ! queue ! grayscale ! streamtap name=t", "decodebin ! streamtap name=t",
            "parsebin ! streamtap name=t",
        ] {
            let run = try Run("souphttpsrc location=\(camera.address) is-live=true ! \(way)")
            try await eventually { run.runner.tapProgress[0].frames > 40 || run.ending != nil }
            #expect(run.ending == nil, "\(way): \(String(describing: run.ending))")
            let source = try #require(run.runner.sources.first)
            #expect(source.dropped + source.decodeErrors >= 3, "\(way)")
            try await run.stop()
        }
    }

    @Test(
        "A camera over HTTP that hangs up has been disconnected, whatever souphttpsrc is told",
        arguments: [
            "souphttpsrc location=URL ! multipartdemux", "souphttpsrc location=URL is-live=true ! multipartdemux",
            "souphttpsrc location=URL ! decodebin", "uridecodebin uri=URL", "souphttpsrc location=URL ! jpegparse",
        ])
    func hangUp(way: String) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        try Data(JPEGStructureTests.jpeg(size: "64:64")).write(to: URL(filePath: path))
        let camera = try await MJPEGCamera.start(picture: path, hangUp: 0.5)
        defer { camera.process.kill() }
        let run = try Run("\(way.replacing("URL", with: camera.address)) ! streamtap name=t")
        #expect(try await run.end().reason == .disconnected)
        // A decodebin holds back what comes until it has 2 MB, or the end.
        #expect(run.runner.tapProgress[0].frames > (way.contains("decodebin") ? 1 : 3))
    }
}
