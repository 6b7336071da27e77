import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// JPEGs that say how they lie look the same in every form.
@Suite("Exif's orientation beside ffmpeg", .timeLimit(.minutes(2)))
struct ExifTests {
    /// What puts a picture of an orientation upright, in ffmpeg's words.
    static let filters = [
        1: "null", 2: "hflip", 3: "hflip,vflip", 4: "vflip", 5: "transpose=cclock_flip", 6: "transpose=clock",
        7: "transpose=clock_flip", 8: "transpose=cclock",
    ]
    /// The same in GStreamer's.
    static let tags = [
        1: "rotate-0", 2: "flip-rotate-0", 3: "rotate-180", 4: "flip-rotate-180", 5: "flip-rotate-270",
        6: "rotate-90", 7: "flip-rotate-90", 8: "rotate-270",
    ]

    /// How a JPEG comes to a tap.
    enum Way: String, CaseIterable {
        /// Whole pictures, that nobody has looked into.
        case untouched
        /// The same through jpegparse, which makes tags of Exif.
        case parsed
        /// Decoded before the tap.
        case decoded
        /// No Exif; a tag says it.
        case tagged
        /// Exif says something else than the container, which is right. (Containers know turns only.)
        case contradicted
    }

    static func exif(_ value: Int, in jpeg: [UInt8]) -> [UInt8] {
        Array(jpeg[..<2]) + ExifOrientation.segment(value) + jpeg[2...]
    }

    @Test("As it is, scaled, and behind a stage", arguments: 1...8, Way.allCases)
    func forms(value: Int, way: Way) async throws {
        let folder = try TemporaryDirectory()
        let (plain, sent) = (folder.path + "/plain.jpg", folder.path + "/sent.jpg")
        let rotation = [3: "180", 6: "270", 8: "90"][value]
        if way == .contradicted, rotation == nil { return }
        let film = folder.path + (way == .contradicted ? "/film.mov" : "/film.avi")
        let jpeg = try JPEGStructureTests.jpeg(["-quality", "98"], size: "161:121", smooth: true)
        try Data(jpeg).write(to: URL(filePath: plain))
        let bytes =
            switch way {
            case .untouched, .parsed, .decoded: Self.exif(value, in: jpeg)
            case .tagged: jpeg
            case .contradicted: Self.exif(value % 8 + 1, in: jpeg)
            }
        try Data(bytes).write(to: URL(filePath: sent))
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-framerate", "10", "-loop", "1", "-i", sent, "-frames:v", "3", "-c:v", "copy",
                "-metadata:s:v", "rotate=\(rotation ?? "0")", "-y", film,
            ])
        let tag = try #require(Self.tags[value])
        let between =
            switch way {
            case .untouched, .contradicted: ""
            case .parsed: "! jpegparse"
            case .decoded: "! jpegparse ! jpegdec"
            case .tagged: "! taginject tags=\"image-orientation=(string)\(tag)\" ! image/jpeg"
            }
        let run = try Run(
            """
            filesrc location=\(film) ! \(way == .contradicted ? "qtdemux" : "avidemux") \(between) ! queue name=out
              ! streamtap name=plain
            out. ! streamtap name=small width=60 quality=98
            out. ! probe mode=mark ! streamtap name=staged quality=98
            """)
        #expect(try await run.end().reason == .endOfStream)
        let filter = try #require(Self.filters[value])
        let theirs = try TheirPicture(of: plain, filters: filter)
        let seen = run.runner.tapProgress.map { [$0.width, $0.height] }
        #expect(seen.prefix(3).allSatisfy { $0 == [theirs.width, theirs.height] }, "\(seen)")

        let asIs = try #require(run.pictures.last { $0.header.tap == 0 })
        #expect((asIs.header.width, asIs.header.height) == (theirs.width, theirs.height))
        if way == .decoded {
            #expect(try theirs.quality(of: asIs.jpeg) > 34)
        } else {
            // The camera's own samples; how they lie is said in their Exif.
            #expect(try JPEGStructureTests.structure(asIs.jpeg).orientation == value)
            #expect(try DecodedJPEG(asIs.jpeg).rgb == DecodedJPEG(jpeg).rgb)
            if way == .untouched { #expect(asIs.jpeg == bytes) }
        }
        let staged = try #require(run.pictures.last { $0.header.tap == 2 })
        let quality = try theirs.quality(of: staged.jpeg)
        #expect(quality > 34, "behind a stage: \(quality) dB")
        #expect(try JPEGStructureTests.structure(staged.jpeg).orientation == 1)
        #expect(String(decoding: staged.detections, as: UTF8.self).contains("\"box\":[8,10,40,20]"))

        let small = try #require(run.pictures.last { $0.header.tap == 1 })
        #expect(small.header.width == 60)
        #expect(try JPEGStructureTests.structure(small.jpeg).orientation == 1)
        let scaled = try TheirPicture(of: plain, filters: "\(filter),scale=60:\(small.header.height):flags=area")
        let smallQuality = try scaled.quality(of: small.jpeg)
        #expect(smallQuality > 25, "scaled: \(smallQuality) dB")
    }

    @Test(
        "Each picture lies as it says, when a camera is turned over while it runs",
        arguments: ["", "! jpegparse", "! jpegparse ! jpegdec"])
    func turnedOver(way: String) async throws {
        let folder = try TemporaryDirectory()
        let jpeg = try JPEGStructureTests.jpeg(["-quality", "98"], size: "161:121", smooth: true)
        let values = [1, 1, 6, 6, 6, 3, 3, 1, 8]
        for (number, value) in values.enumerated() {
            try Data(Self.exif(value, in: jpeg)).write(to: URL(filePath: "\(folder.path)/\(number).jpg"))
        }
        let film = folder.path + "/film.avi"
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-framerate", "10", "-start_number", "0", "-i", folder.path + "/%d.jpg", "-c:v", "copy",
                "-y",
                film,
            ])
        let (id, log) = Recorder.newLog()
        let run = try Run("filesrc location=\(film) ! avidemux \(way) ! probe id=\(id) ! streamtap")
        #expect(try await run.end().reason == .endOfStream)
        let frames = log.frames
        try #require(frames.count == values.count)
        let upright = try PictureEncoder()
        for (frame, value) in zip(frames, values) {
            let theirs = try TheirPicture(
                of: folder.path + "/0.jpg", filters: #require(Self.filters[value]), options: ["-noautorotate"])
            #expect(try theirs.quality(of: upright.encode(frame, as: Variant(quality: 98)).jpeg) > 34, "\(value)")
        }
    }

    @Test("Whatever stands in Exif, a picture is one; what is written into it can be read again")
    func random() throws {
        var random = SeededGenerator.announced()
        let jpeg = try JPEGStructureTests.jpeg(size: "16:16")
        var intact = 0
        for round in 0..<4_000 {
            var exif = ExifOrientation.segment(6)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                exif[Int.random(in: 4..<exif.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            let bytes = Array(jpeg[..<2]) + exif + jpeg[2...]
            let found = try JPEGStructureTests.structure([0, 0, 0xFF] + bytes + [9])
            #expect(1...8 ~= found.orientation)
            if found.orientation == 6 { intact += 1 }
            let wanted = round % 8 + 1
            let completed = ([0, 0, 0xFF] + bytes + [9]).withUnsafeBytes { found.completed($0, orientation: wanted) }
            let result = completed ?? bytes
            #expect(try JPEGStructureTests.structure(result).orientation == wanted)
            #expect(try DecodedJPEG(result).width == 16)
        }
        #expect(intact > 100, "some of them hit nothing that counts")
    }

    @Test("A picture whose JFIF gives its pixels' shape is shown in that shape, whether a parser reads it or we do")
    func density() async throws {
        let folder = try TemporaryDirectory()
        let (path, film) = (folder.path + "/wide.jpg", folder.path + "/film.avi")
        var jpeg = try JPEGStructureTests.jpeg(["-quality", "98"], size: "160:120", smooth: true)
        jpeg.replaceSubrange(13..<18, with: [0, 0, 4, 0, 3])
        try Data(jpeg).write(to: URL(filePath: path))
        _ = try? CodedVideo.output(
            of: "ffmpeg", ["-v", "error", "-i", path, "-c:v", "copy", "-y", film])
        let theirs = try TheirPicture(of: path)
        #expect((theirs.width, theirs.height) == (213, 120))
        for way in ["", "! jpegparse", "! jpegparse ! jpegdec"] {
            let run = try Run("filesrc location=\(film) ! avidemux \(way) ! streamtap name=plain")
            #expect(try await run.end().reason == .endOfStream)
            #expect(try theirs.quality(of: #require(run.pictures.last).jpeg) > 34, "\(way)")
        }
        // A density for printing says nothing of the sort.
        jpeg[13] = 1
        #expect(try JPEGStructureTests.structure(jpeg).pixelAspect == nil)
    }
}
