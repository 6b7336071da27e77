import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Pictures that say that they are too large are known by their headers, before any decoder takes memory for them.
@Suite(.timeLimit(.minutes(2)))
struct DecoderSizeTests {
    struct Make: Sendable, CustomTestStringConvertible {
        var coding: PictureCoding
        /// ffmpeg's options and container.
        var options: String
        var format: String
        var caps: String
        var decoders: [String]
        var testDescription: String { "\(coding)" }
    }

    static let makes = [
        Make(
            coding: .png, options: "-c:v png -frames:v 1", format: "image2pipe", caps: "image/png",
            decoders: ["pngdec", "avdec_png", "gdkpixbufdec"]),
        Make(coding: .gif, options: "-c:v gif -frames:v 1", format: "gif", caps: "image/gif", decoders: []),
        Make(
            coding: .webp, options: "-c:v libwebp -frames:v 1", format: "webp", caps: "image/webp",
            decoders: ["webpdec"]),
        Make(
            coding: .webp, options: "-c:v libwebp -lossless 1 -frames:v 1", format: "webp", caps: "image/webp",
            decoders: ["webpdec"]),
        Make(
            coding: .bmp, options: "-c:v bmp -frames:v 1", format: "image2pipe", caps: "image/bmp",
            decoders: ["gdkpixbufdec", "avdec_bmp"]),
        Make(
            coding: .tiff, options: "-c:v tiff -frames:v 1", format: "image2pipe", caps: "image/tiff",
            decoders: ["gdkpixbufdec", "avdec_tiff"]),
        Make(
            coding: .netpbm, options: "-c:v ppm -frames:v 1", format: "image2pipe", caps: "image/x-portable-pixmap",
            decoders: ["pnmdec", "gdkpixbufdec"]),
        Make(
            coding: .jpeg2000, options: "-c:v jpeg2000 -format j2k -frames:v 1", format: "image2pipe",
            caps: "image/x-j2c", decoders: []),
        Make(
            coding: .mpeg12, options: "-c:v mpeg2video", format: "mpeg2video",
            caps: "video/mpeg,mpegversion=2,systemstream=false,parsed=true", decoders: ["avdec_mpeg2video", "mpeg2dec"]),
        Make(
            coding: .mpeg4, options: "-c:v mpeg4", format: "m4v",
            caps: "video/mpeg,mpegversion=4,systemstream=false,parsed=true", decoders: ["avdec_mpeg4"]),
        Make(
            coding: .vp8, options: "-c:v libvpx", format: "ivf", caps: "video/x-vp8", decoders: ["vp8dec", "avdec_vp8"]),
        Make(
            coding: .vp9, options: "-c:v libvpx-vp9 -cpu-used 8 -deadline realtime", format: "ivf", caps: "video/x-vp9",
            decoders: ["vp9dec", "avdec_vp9"]),
        Make(
            coding: .av1, options: "-c:v libaom-av1 -cpu-used 8 -usage realtime", format: "ivf",
            caps: "video/x-av1,stream-format=obu-stream,alignment=tu", decoders: ["av1dec"]),
    ]

    /// The first picture, as decoders get it.
    private static func picture(_ make: Make) throws -> [UInt8] {
        let all = try CodedVideo.encoded(
            size: "320x240", make.options + " -pix_fmt \(pixels(make))", format: make.format)
        guard make.format == "ivf" else { return all }
        return all.withUnsafeBytes { bytes in
            let length = bytes.littleEndian(at: 32, 4) ?? 0
            return Array(bytes.dropFirst(44).prefix(length))
        }
    }

    private static func pixels(_ make: Make) -> String {
        switch make.coding {
        case .png, .tiff, .netpbm, .jpeg2000: "rgb24"
        case .gif: "rgb8"
        case .bmp: "bgr24"
        case .webp where make.options.contains("lossless"): "bgra"
        default: "yuv420p"
        }
    }

    @Test("What a header says is read, and kept from every decoder where it is too much", arguments: makes)
    func headers(make: Make) async throws {
        try GStreamer.initialize()
        let bytes = try Self.picture(make)
        let sizes = bytes.withUnsafeBytes { make.coding.sizes(in: $0) }
        #expect(sizes.first == CodedSize(width: 320, height: 240) && Set(sizes).count == 1, "\(sizes)")
        // Cut anywhere, or anything else, it is no reason to read beyond.
        for length in 0..<min(bytes.count, 200) {
            _ = Array(bytes.prefix(length)).withUnsafeBytes { make.coding.sizes(in: $0) }
        }
        let place = try Recording()
        defer { place.remove() }
        try Data(bytes).write(to: URL(filePath: place.path("in-000")))
        for decoder in make.decoders where ElementFactory(named: decoder) != nil {
            let plan = """
                multifilesrc location=\(place.path("in-%03d")) caps="\(make.caps),framerate=10/1" ! \(decoder) ! videoconvert ! streamtap
                """
            let refused = try await Run(plan, limit: PictureLimit(width: 300, height: 300)).end()
            #expect(refused.message.contains("320×240 pixels are larger than allowed"), "\(decoder): \(refused)")
            let run = try Run(plan)
            let played = try await run.end()
            let frames = run.runner.tapProgress.first?.frames ?? 0
            #expect(!played.message.contains("larger") && (frames > 0 || !make.coding.isStill), "\(decoder): \(played)")
        }
    }

    @Test(
        "A JPEG's frame header is read wherever a read ended in it",
        arguments: ["jpegparse ! jpegdec", "jpegparse ! decodebin"])
    func cutHeaders(way: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let bytes = try JPEGStructureTests.jpeg(["-quality", "90"], size: "320:240")
        try Data(bytes).write(to: URL(filePath: place.path("picture")))
        let header = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        for cut in header...header + 10 {
            let plan =
                "filesrc location=\(place.path("picture")) blocksize=\(cut) ! image/jpeg,framerate=1/1 ! \(way) ! streamtap"
            let refused = try Run(plan, limit: PictureLimit(width: 300, height: 300))
            _ = try await refused.end()
            #expect(
                refused.runner.sources.first.map { $0.decodeErrors > 0 && $0.frames == 0 } == true, "\(cut - header)")
            let played = try Run(plan)
            #expect(try await played.end().reason == .endOfStream)
            #expect(played.runner.tapProgress.first?.frames == 1, "\(cut - header)")
        }
    }

    @Test(
        "JPEGs of which all are too large end the run, and one among others does not",
        arguments: ["jpegdec", "jpegparse ! jpegdec", "avdec_mjpeg", ""])
    func largeJPEGs(way: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let (large, small) = (
            try JPEGStructureTests.jpeg([], size: "320:240"), try JPEGStructureTests.jpeg([], size: "160:120")
        )
        func run(_ pictures: [[UInt8]]) async throws -> (PlanEnding, UInt64) {
            for (number, picture) in pictures.enumerated() {
                try Data(picture).write(to: URL(filePath: place.path("in-00\(number)")))
            }
            let run = try Run(
                "multifilesrc location=\(place.path("in-%03d")) caps=image/jpeg,framerate=20/1 \(way.isEmpty ? "" : "! \(way) ")! streamtap",
                limit: PictureLimit(width: 300, height: 300))
            return (try await run.end(), run.runner.tapProgress.first?.frames ?? 0)
        }
        let (refused, none) = try await run([large, large, large, large])
        #expect(refused.reason == .unsupportedFormat && none == 0, "\(refused)")
        #expect(refused.message.contains("320×240 pixels are larger than allowed"), "\(refused)")
        let (played, one) = try await run([large, large, small, large])
        #expect(played.reason == .endOfStream && one == 1, "\(played)")
    }

    @Test("Caps of 30000×30000 pixels reach no decoder that is here")
    func caps() async throws {
        try GStreamer.initialize()
        var random = SeededGenerator.announced()
        var decoders = ElementFactory.allNames.sorted().compactMap { ElementFactory(named: $0) }.filter {
            $0.classes.contains("Decoder") && !$0.classes.contains("Bin")
                && ($0.classes.contains("Video") || $0.classes.contains("Image"))
        }
        // Those of libav are all made alike.
        let others = decoders.filter { !$0.name.hasPrefix("avdec_") }
        decoders = others + decoders.filter { $0.name.hasPrefix("avdec_") }.shuffled(using: &random).prefix(30)
        let place = try Recording()
        defer { place.remove() }
        try Data((0..<4000).map { _ in UInt8.random(in: 0...255, using: &random) })
            .write(to: URL(filePath: place.path("in-000")))
        var judged: Set<String> = []
        for decoder in decoders {
            let types = decoder.pads.filter { !$0.isSource }.flatMap(\.mediaTypes).filter {
                $0.hasPrefix("video/") || $0.hasPrefix("image/")
            }
            guard let type = types.first, type != "video/x-raw", type != "image/jpeg" else { continue }
            // Some cannot be linked without a parser.
            guard
                let run = try? Run(
                    """
                    multifilesrc location=\(place.path("in-%03d")) caps="\(type),width=30000,height=30000,framerate=10/1" ! \(decoder.name) ! fakesink
                    """)
            else { continue }
            judged.insert(decoder.name)
            let ending = try await run.end()
            #expect(ending.message.contains("30000×30000 pixels are larger than allowed"), "\(decoder.name): \(ending)")
        }
        // Of what is installed for the tests; how many others there are is the machine's.
        #expect(judged.isSuperset(of: ["pngdec", "vp8dec", "vp9dec", "gdkpixbufdec"]), "\(judged)")
        #expect(judged.contains { $0.hasPrefix("avdec_") }, "\(judged)")
    }
}
