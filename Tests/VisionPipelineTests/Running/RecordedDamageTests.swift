import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a camera should not send is not written down either: recordings of its own pictures play without a complaint, and go on.
@Suite(.timeLimit(.minutes(2)))
struct RecordedDamageTests {
    /// Pictures as files, one each, so that every buffer is known.
    private struct Pictures {
        let place: Recording
        let caps: String

        init(_ pictures: [[UInt8]], caps: String) throws {
            place = try Recording()
            self.caps = caps
            for (number, bytes) in pictures.enumerated() {
                try Data(bytes).write(to: URL(filePath: place.path(String(format: "in-%03d", number))))
            }
        }

        var source: String {
            "multifilesrc location=\(place.path("in-%03d")) caps=\"\(caps)\" ! \(caps.prefix { $0 != "," })"
        }
    }

    private func check(
        _ run: Run, _ place: Recording, _ name: String, frames: Int, refused: Int, plan: String
    ) async throws {
        let ending = try await run.end()
        #expect(ending.reason == .endOfStream, "\(ending) \(plan)")
        #expect(try place.facts(name).frames == frames, "\(plan)")
        #expect(try await FilmDecode.complaints(of: place.path(name)) == "", "\(plan)")
        #expect(run.runner.sources.map(\.decodeErrors).max() == UInt64(refused), "\(plan)")
    }

    // MARK: JPEG

    private static func jpegs() throws -> (all: [[UInt8]], sound: Int) {
        let film = try CodedVideo.encoded(
            size: "320x240", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p", format: "image2pipe", seconds: 3)
        var sound: [[UInt8]] = []
        for byte in film {
            if byte == 0xD8, sound.last?.last ?? 0xFF == 0xFF {
                if let before = sound.popLast() { sound.append(before.dropLast()) }
                sound.append([0xFF, 0xD8])
            } else if !sound.isEmpty {
                sound[sound.count - 1].append(byte)
            }
        }
        var all = sound
        let frame = try #require(all[0].indices.dropLast().first { all[0][$0] == 0xFF && all[0][$0 + 1] == 0xC0 })
        // Cut; without its end; one cut and the next behind it; far too large; no picture at all; nothing but a beginning.
        all[3] = Array(all[3].prefix(all[3].count / 2))
        all[7].removeLast(2)
        all[11] = all[11].prefix(all[11].count / 3) + all[11]
        all[15].replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
        all[19] = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        all[23] = [0xFF, 0xD8, 0xFF]
        // Whole, with something behind it.
        all[25] += [0, 0, 1, 2, 3]
        return (all, sound.count - 6)
    }

    @Test(
        "Of a camera's JPEGs the sound ones are recorded",
        arguments: [
            ("matroskamux ! filesink location=", "a.mkv"), ("avimux ! filesink location=", "a.avi"),
            ("queue ! jpegparse ! matroskamux ! filesink location=", "a.mkv"),
            ("filesink location=", "a.mjpeg"),
        ], [true, false])
    func recordedJPEGs(_ branch: (String, String), isWatched: Bool) async throws {
        // Alone, files have no times that a muxer could do with.
        guard isWatched || !branch.0.contains("mux") || branch.0.contains("parse") else { return }
        let (all, sound) = try Self.jpegs()
        let pictures = try Pictures(all, caps: "image/jpeg,width=320,height=240,framerate=30/1")
        defer { pictures.place.remove() }
        let plan =
            isWatched
            ? """
            \(pictures.source) ! tee name=cam ! jpegdec ! streamtap name=live
            cam. ! \(branch.0)\(pictures.place.path(branch.1))
            """ : "\(pictures.source) ! \(branch.0)\(pictures.place.path(branch.1))"
        let run = try Run(plan)
        try await check(run, pictures.place, branch.1, frames: sound, refused: 6, plan: plan)
    }

    @Test(
        "A camera over HTTP that cuts every fifth picture is recorded without them, beside whoever watches it",
        arguments: [
            "cam. ! streamtap name=live cam. ! queue ! jpegparse ! avimux ! filesink location=",
            "cam. ! jpegdec ! streamtap name=live cam. ! jpegparse ! matroskamux ! filesink location=",
            "cam. ! streamtap name=live cam. ! filesink location=",
        ])
    func overHTTP(_ branches: String) async throws {
        // AVI has a rate, which nothing that comes over HTTP says.
        let caps = branches.contains("avimux") ? "image/jpeg,framerate=30/1" : "image/jpeg"
        let place = try Recording()
        defer { place.remove() }
        try Data(JPEGStructureTests.jpeg(["-quality", "90"], size: "320:240"))
            .write(to: URL(filePath: place.path("picture.jpg")))
        let camera = try await MJPEGCamera.start(picture: place.path("picture.jpg"), cut: 5)
        defer { camera.process.kill() }
        let run = try Run(
            """
            souphttpsrc location=\(camera.address) is-live=true ! multipartdemux ! \(caps) ! tee name=cam
            \(branches)\(place.path("a.film"))
            """)
        try await eventually { run.runner.sources.map(\.decodeErrors).max() ?? 0 >= 6 }
        #expect(try await run.stop().reason == .stopRequested)
        #expect(try place.facts("a.film").frames >= 20)
        #expect(try await FilmDecode.complaints(of: place.path("a.film")) == "")
    }

    // MARK: H.264 and H.265

    /// A film's pictures, each with its NAL units; every tenth is a keyframe.
    private static func units(_ codec: VideoUnits.Codec, size: String) throws -> [[[UInt8]]] {
        // A film that is soon over.
        let pace = "-vf settb=1/50,setpts=N -r 50"
        let options = "aud=1:keyint=10:min-keyint=10:scenecut=0:bframes=0:repeat-headers=1"
        let film = try CodedVideo.encoded(
            size: size,
            codec == .h264
                ? "\(pace) -c:v libx264 -pix_fmt yuv420p -preset ultrafast -x264-params \(options)"
                : "\(pace) -c:v libx265 -pix_fmt yuv420p -preset ultrafast -x265-params \(options):log-level=none",
            format: codec == .h264 ? "h264" : "hevc", seconds: 6)
        var pictures: [[[UInt8]]] = []
        film.withUnsafeBytes { bytes in
            NALUnits.forEach(in: bytes, .byteStream) { unit in
                var unit = Array(unit)
                while unit.last == 0 { unit.removeLast() }
                if codec == .h264 ? unit[0] & 0x1F == 9 : unit[0] >> 1 & 0x3F == 35 {
                    pictures.append([])
                } else if !pictures.isEmpty {
                    pictures[pictures.count - 1].append(unit)
                }
                return true
            }
        }
        return pictures
    }

    private static func isSequenceSet(_ unit: [UInt8], _ codec: VideoUnits.Codec) -> Bool {
        codec == .h264 ? unit.first.map { $0 & 0x1F } == 7 : unit.first.map { $0 >> 1 & 0x3F } == 33
    }

    /// Each a byte stream; the parameter set of the twentieth asks for more than `limit`.
    private static let large = Result { try [VideoUnits.Codec.h264: withLargeSet(.h264), .h265: withLargeSet(.h265)] }

    private static func withLargeSet(_ codec: VideoUnits.Codec) throws -> [[UInt8]] {
        var pictures = try units(codec, size: "320x240")
        guard pictures.count == 60,
            let large = try units(codec, size: "640x480").first?.first(where: { isSequenceSet($0, codec) })
        else { throw ProcessFailure("no film of \(codec)") }
        pictures[20] = pictures[20].map { isSequenceSet($0, codec) ? large : $0 }
        return pictures.map { picture in picture.flatMap { unit -> [UInt8] in [0, 0, 0, 1] + unit } }
    }

    private static let limit = PictureLimit(width: 400, height: 300)

    /// How they come to whoever records them.
    enum Way: CaseIterable, Sendable {
        /// A parser stands before the point from which they are recorded as well.
        case parsed
        /// As a camera's over RTSP: parsers stand behind that point only.
        case packets
    }

    private static func source(_ way: Way, _ name: String, _ pictures: [[UInt8]], _ place: Recording) throws -> String {
        let film = place.path("film.\(name)")
        try Data(pictures.joined()).write(to: URL(filePath: film))
        guard way == .packets else { return "filesrc location=\(film) ! \(name)parse" }
        let dump = try PacketDump(
            of: "filesrc location=\(film) ! \(name)parse ! rtp\(name)pay mtu=1400 config-interval=0")
        let path = try dump.written(to: TemporaryDirectory(), "film.gdp") { _ in false }
        return "filesrc location=\(path) ! gdpdepay ! rtp\(name)depay"
    }

    @Test(
        "A keyframe whose parameter set asks for more than is allowed is missing in the recording, which goes on with the next",
        arguments: [
            ("h264parse ! mp4mux ! filesink location=", "a.mp4"),
            ("h264parse ! matroskamux ! filesink location=", "a.mkv"),
            ("h264parse ! splitmuxsink location=", "a.mp4"), ("h264parse ! mpegtsmux ! filesink location=", "a.ts"),
            ("h264parse ! flvmux ! filesink location=", "a.flv"),
            ("queue ! h264parse config-interval=-1 ! avimux ! filesink location=", "a.avi"),
            ("h264parse ! video/x-h264,stream-format=byte-stream ! filesink location=", "a.h264"),
            ("h265parse ! mp4mux ! filesink location=", "a.mp4"),
            ("h265parse ! matroskamux ! filesink location=", "a.mkv"),
            ("h265parse ! mpegtsmux ! filesink location=", "a.ts"),
        ], Way.allCases)
    func largeSets(_ branch: (String, String), way: Way) async throws {
        let name = branch.0.contains("h265") ? "h265" : "h264"
        let place = try Recording()
        defer { place.remove() }
        let pictures = try #require(Self.large.get()[name == "h264" ? .h264 : .h265])
        let plan = """
            \(try Self.source(way, name, pictures, place)) ! tee name=cam ! \(name)parse ! avdec_\(name) ! streamtap name=live
            cam. ! \(branch.0)\(place.path(branch.1))
            """
        let run = try Run(plan, limit: Self.limit)
        let ending = try await run.end()
        #expect(ending.reason == .endOfStream, "\(ending) \(plan)")
        #expect(try place.facts(branch.1).frames == 50, "\(plan)")
        // What GStreamer's flvmux says of itself ffmpeg cannot read; the pictures it can.
        let complaints = try await FilmDecode.complaints(of: place.path(branch.1)).split(separator: "\n")
            .filter { !$0.contains("AMF_DATA_TYPE_STRING") }
        #expect(complaints.isEmpty, "\(complaints) \(plan)")
        #expect(run.runner.sources.map(\.decodeErrors).max() ?? 0 >= 1)
    }

    @Test(
        "Recorded as it comes, without anybody who watches, a film lacks such a keyframe as well",
        arguments: ["h264", "h265"])
    func unwatched(name: String) async throws {
        let film = try Pictures(
            #require(Self.large.get()[name == "h264" ? .h264 : .h265]),
            caps: "video/x-\(name),stream-format=byte-stream,alignment=au,framerate=25/1")
        defer { film.place.remove() }
        let run = try Run("\(film.source) ! filesink location=\(film.place.path("a.film"))", limit: Self.limit)
        #expect(try await run.end().reason == .endOfStream)
        #expect(try film.place.facts("a.film").frames == 50)
        #expect(try await FilmDecode.complaints(of: film.place.path("a.film")) == "")
        // The keyframe, and each picture that goes by its parameter set.
        #expect(run.runner.sources.map(\.decodeErrors).max() == 10)
    }

    @Test("Units whose lengths lead nowhere, or that are none, are missing with what refers to them")
    func lengths() async throws {
        let units = try Self.units(.h264, size: "320x240")
        let sets = units[0].filter { [7, 8].contains($0[0] & 0x1F) }
        try #require(sets.count == 2)
        func size(_ count: Int) -> [UInt8] { [UInt8(count >> 8), UInt8(count & 255)] }
        let record: [UInt8] =
            [1, sets[0][1], sets[0][2], sets[0][3], 0xFF, 0xE1] + size(sets[0].count) + sets[0] + [1]
            + size(sets[1].count) + sets[1]
        var pictures: [[UInt8]] = units.map { picture in
            picture.flatMap { unit -> [UInt8] in [0, 0] + size(unit.count) + unit }
        }
        pictures[14] += [UInt8](repeating: 0, count: 4)
        pictures[30][2] = 0x7F
        pictures[47].removeLast(5)
        let film = try Pictures(
            pictures,
            caps: "video/x-h264,stream-format=avc,alignment=au,width=320,height=240,framerate=25/1,codec_data=(buffer)"
                + record.map { String(format: "%02x", $0) }.joined())
        defer { film.place.remove() }
        let plan = """
            \(film.source) ! tee name=cam ! avdec_h264 ! streamtap name=live
            cam. ! matroskamux ! filesink location=\(film.place.path("a.mkv"))
            """
        // 14…19, 30…39, 47…49.
        let run = try Run(plan)
        #expect(try await run.end().reason == .endOfStream)
        #expect(try film.place.facts("a.mkv").frames == 60 - 6 - 10 - 3)
        #expect(try await FilmDecode.complaints(of: film.place.path("a.mkv")) == "")
        #expect(run.runner.sources.map(\.decodeErrors).max() ?? 0 >= 3)
    }
}
