import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A camera whose range or matrix is set anew while it sends: each picture is shown in its own colours.
@Suite("Colours that change in the middle", .timeLimit(.minutes(2)))
struct ColorChangeTests {
    /// A stretch of a film, of one way to say colours.
    enum Part: String, CaseIterable, Sendable {
        case limited, full
        /// Says BT.709, where the others say nothing.
        case named
        case large, largeFull

        private var isFull: Bool { self == .full || self == .largeFull }
        private var size: String { self == .large || self == .largeFull ? "240x180" : "160x120" }

        private func options(_ codec: String, bframes: Int) -> String {
            let range = codec == "264" ? isFull ? ["fullrange=on"] : [] : [isFull ? "range=full" : "range=limited"]
            let words =
                (self == .named ? ["colormatrix=bt709"] : []) + range + ["keyint=5", "bframes=\(bframes)"]
                + (bframes == 0 ? ["aud=1", "repeat-headers=1"] : [])
                + (codec == "264" ? [] : ["log-level=none"])
            let format =
                isFull
                ? "-vf scale=out_range=full,format=yuvj420p"
                : self == .named ? "-vf scale=out_color_matrix=bt709,format=yuv420p" : "-pix_fmt yuv420p"
            return "\(format) -c:v libx\(codec) -x\(codec)-params \(words.joined(separator: ":"))"
        }

        fileprivate func made(_ codec: String, bframes: Int = 2) throws -> (film: [UInt8], picture: [UInt8]) {
            let folder = try TemporaryDirectory()
            let film = try CodedVideo.output(
                of: "ffmpeg",
                ["-v", "error", "-f", "lavfi", "-i", "smptehdbars=size=\(size):rate=10:duration=1,gblur=sigma=5"]
                    + "\(options(codec, bframes: bframes)) -f \(codec == "264" ? "h264" : "hevc") -".split(
                        separator: " "
                    ).map(
                        String.init))
            try Data(film).write(to: URL(filePath: folder.path + "/part"))
            let raw = try CodedVideo.output(
                of: "ffmpeg",
                [
                    "-v", "error", "-i", folder.path + "/part", "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo",
                    "-",
                ])
            return (film, raw)
        }
    }

    private static let parts: [String: (film: [UInt8], picture: [UInt8])] = {
        var made: [String: (film: [UInt8], picture: [UInt8])] = [:]
        for codec in ["264", "265"] {
            for part in Part.allCases { made[codec + part.rawValue] = try? part.made(codec) }
        }
        return made
    }()

    static let orders: [[Part]] = [
        [.limited, .full], [.full, .limited, .full], [.limited, .named, .full], [.full, .large],
        [.limited, .largeFull, .limited],
    ]

    static let ways = [
        "264 h264parse ! avdec_h264", "264 decodebin", "264 uri", "265 h265parse ! avdec_h265", "265 decodebin",
    ]

    @Test("Every picture is ffmpeg's", arguments: orders, ways)
    func inOrder(order: [Part], way: String) async throws {
        let folder = try TemporaryDirectory()
        let codec = String(way.prefix(3))
        let parts = try order.map { try #require(Self.parts[codec + $0.rawValue]) }
        let path = folder.path + (codec == "264" ? "/film.h264" : "/film.hevc")
        try Data(parts.flatMap(\.film)).write(to: URL(filePath: path))
        let source =
            way.hasSuffix("uri") ? "uridecodebin uri=file://\(path)" : "filesrc location=\(path) ! \(way.dropFirst(4))"
        let seen = Recorder.newLog()
        let run = try Run("\(source) ! probe id=\(seen.id)")
        #expect(try await run.end().reason == .endOfStream)
        #expect(seen.log.count == 10 * order.count)
        #expect(seen.log.frames.allSatisfy { !$0.isDamaged })
        let encoder = try PictureEncoder()
        // The first and the last ones of each part.
        for (number, frame) in seen.log.frames.enumerated() where [0, 1, 9].contains(number % 10) {
            let ours = try DecodedJPEG(encoder.encode(frame, as: Variant(quality: 98)).jpeg).rgb
            let part = parts[min(number / 10, parts.count - 1)]
            let quality = PictureTruthTests.psnr(ours, part.picture)
            #expect(quality > 34, "picture \(number) \(frame.colorimetry): \(quality) dB")
        }
    }

    /// All parts show the same: whoever takes one's numbers for another's shows none of them.
    @Test(
        "Every picture of a camera over RTSP is one of ffmpeg's",
        arguments: ["264", "265"],
        ["rtph26Xdepay ! avdec_h26X", "rtph26Xdepay ! h26Xparse ! avdec_h26X", "decodebin"])
    func overRTSP(codec: String, way: String) async throws {
        let folder = try TemporaryDirectory()
        let order: [Part] = [.limited, .full, .named, .largeFull]
        let parts = try order.map { try $0.made(codec, bframes: 0) }
        let path = "\(folder.path)/film"
        try Data(parts.flatMap(\.film)).write(to: URL(filePath: path))
        let camera = try await RTSPCamera.start(codec: codec == "264" ? .h264 : .h265, fps: 20, film: path)
        defer { camera.process.kill() }
        let seen = Recorder.newLog()
        let run = try Run(
            "rtspsrc location=\(camera.address) latency=50 protocols=tcp ! \(way.replacing("26X", with: codec)) ! probe id=\(seen.id)"
        )
        try await eventually(
            "more than a hundred pictures", within: .seconds(90),
            evidence: { "\(seen.log.count) have come; \(run.runner.sources)\n\(camera.process.output)" }
        ) { seen.log.count > 100 || run.ending != nil }
        try await run.stop()
        let encoder = try PictureEncoder()
        let frames = seen.log.frames
        #expect(frames.count > 100 && !frames.contains(where: \.isDamaged))
        #expect(Set(frames.map(\.colorimetry.range)).count == 2 && Set(frames.map(\.width)).count == 2)
        for (number, frame) in frames.prefix(100).enumerated() where number % 10 < 2 || number % 10 == 9 {
            let ours = try DecodedJPEG(encoder.encode(frame, as: Variant(quality: 98)).jpeg).rgb
            let best = parts.filter { $0.picture.count == ours.count }.map { PictureTruthTests.psnr(ours, $0.picture) }
                .max()
            #expect(best ?? 0 > 34, "picture \(number) \(frame.colorimetry): \(best ?? 0) dB")
        }
    }
}
