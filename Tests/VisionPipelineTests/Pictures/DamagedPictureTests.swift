import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Packets that are lost on the way: what is shown is whole, or says that it is not.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct DamagedPictureTests {
    /// How a camera codes, and the way to its pictures.
    struct Coding: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var coder: String
        var payloader: String
        var decoder: String
        /// There are no keyframes that a whole picture could begin with.
        var isRefreshed: Bool { coder.contains("intra-refresh") }

        /// A picture each 2.5 ms, in packets so small that most pictures have several.
        func film(pictures: Int) throws -> PacketDump {
            try PacketDump(
                of: """
                    videotestsrc num-buffers=\(pictures) pattern=pinwheel horizontal-speed=3 \
                    ! video/x-raw,format=I420,width=256,height=192,framerate=400/1 ! \(coder) ! \(payloader)
                    """)
        }

        static func h264(_ name: String, _ options: String, decoder: String = "rtph264depay ! h264parse ! avdec_h264")
            -> Coding
        {
            Coding(
                testDescription: name, coder: "x264enc speed-preset=ultrafast key-int-max=20 bitrate=2000 \(options)",
                payloader: "rtph264pay mtu=400 config-interval=-1", decoder: decoder)
        }

        static func h265(_ name: String, _ options: String) -> Coding {
            Coding(
                testDescription: name, coder: "x265enc speed-preset=ultrafast key-int-max=20 bitrate=2000 \(options)",
                payloader: "rtph265pay mtu=400 config-interval=-1",
                decoder: "rtph265depay ! h265parse ! avdec_h265")
        }
    }

    static let codings: [Coding] = [
        .h264("a slice a picture", "tune=zerolatency sliced-threads=false"),
        .h264("several slices a picture", "tune=zerolatency sliced-threads=true threads=4"),
        .h264("no parser", "tune=zerolatency", decoder: "rtph264depay ! avdec_h264"),
        .h264("B-frames", "bframes=3 b-adapt=false"),
        .h264("B-frames that others refer to", "bframes=4 b-adapt=false b-pyramid=true threads=4 sliced-threads=true"),
        .h264("open groups", "bframes=2 b-adapt=false option-string=open-gop=1"),
        .h264("decodebin", "bframes=2 b-adapt=false", decoder: "decodebin"),
        .h264("refreshed bit by bit", "tune=zerolatency intra-refresh=true"),
        .h265("H.265", "tune=zerolatency"),
        .h265("H.265 with B-frames", "option-string=bframes=4:b-pyramid=1:open-gop=1"),
    ]

    /// What comes of a dump, up to its end.
    static func frames(of path: String, _ coding: Coding) async throws -> (seen: [Frame], run: Run) {
        let seen = Recorder.newLog(isThin: true)
        let run = try Run("filesrc location=\(path) ! gdpdepay ! \(coding.decoder) ! probe id=\(seen.id)")
        try await eventually(within: .seconds(30)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream)
        return (seen.log.frames, run)
    }

    /// The time of the picture that was sent at a frame's time, if it is that one.
    private static func match(of frame: Frame, in sent: [Int64: Frame]) -> Int64? {
        sent[frame.time].flatMap { psnr(frame, $0) > 30 ? frame.time : nil }
    }

    private static func psnr(_ a: Frame, _ b: Frame) -> Double {
        PictureTruthTests.psnr(a.samples(), b.samples())
    }

    @Test(
        "With one packet of a hundred lost, frames that are not tagged are those that come when none is",
        arguments: codings)
    func lossy(coding: Coding) async throws {
        let folder = try TemporaryDirectory()
        let dump = try coding.film(pictures: 200)
        let whole = try await Self.frames(of: dump.written(to: folder, "none.gdp") { _ in false }, coding).seen
        #expect(whole.count > 195 && !whole.contains(where: \.isDamaged))
        let sent = Dictionary(whole.map { ($0.time, $0) }, uniquingKeysWith: { $1 })
        let twins = Dictionary(whole.map { ($0.samples(), $0.time) }, uniquingKeysWith: { first, _ in first })
        var seeds = SeededGenerator.announced()
        for turn in 0..<2 {
            let seed = UInt64.random(in: 0...999_999, using: &seeds)
            var generator = SeededGenerator(seed: seed)
            // Behind the last packets comes nothing that they could be missed by.
            // One of the first picture's is lost in every second turn: no picture came before it.
            let lost = (0..<dump.packets).map {
                Int.random(in: 0..<100, using: &generator) == 0 && $0 < dump.packets - 20
                    || turn == 1 && $0 == Int(seed % 14) + 6
            }
            let path = try dump.written(to: folder, "\(seed).gdp") { lost[$0] }
            let (seen, run) = try await Self.frames(of: path, coding)
            // Which of the sent pictures each is: behind a loss some have another's time.
            let found = seen.filter { !$0.isDamaged }.map {
                twins[$0.samples()] ?? Self.match(of: $0, in: sent)
            }
            #expect(
                !found.contains(nil), "\(found.count { $0 == nil }) frames of seed \(seed) are no picture that was sent"
            )
            let missed = dump.soundTimes { lost[$0] }.subtracting(found.compactMap { $0.map { $0 / 1000 } })
            #expect(missed.isEmpty || coding.isRefreshed, "tagged, or not there: \(missed) of seed \(seed)")
            let damaged = seen.count(where: \.isDamaged)
            #expect(run.runner.sources.map(\.decodeErrors).max() ?? 0 >= UInt64(damaged / 2))
            #expect(seen.first?.isDamaged == false, "nothing is shown before the first whole picture")
        }
    }

    @Test(
        "Of two cameras in one picture one loses packets: the other's frames are not tagged for that",
        arguments: [
            "rtph264depay ! h264parse ! avdec_h264", "decodebin",
        ])
    func twoCameras(decoder: String) async throws {
        let folder = try TemporaryDirectory()
        let dump = try Self.codings[0].film(pictures: 200)
        let whole = try dump.written(to: folder, "whole.gdp") { _ in false }
        let torn = try dump.written(to: folder, "torn.gdp") { $0 > 100 && $0 % 50 == 0 && $0 < dump.packets - 20 }
        let (good, bad) = (Recorder.newLog(isThin: true), Recorder.newLog(isThin: true))
        let run = try Run(
            """
            compositor name=both sink_1::xpos=256 ! streamtap name=all
            filesrc location=\(whole) ! gdpdepay ! \(decoder) ! identity name=good ! both.
            filesrc location=\(torn) ! gdpdepay ! \(decoder) ! identity name=bad ! both.
            good. ! probe id=\(good.id) name=good-frames
            bad. ! probe id=\(bad.id) name=bad-frames
            """)
        try await eventually(within: .seconds(30)) { run.ending != nil }
        #expect(run.ending?.reason == .endOfStream)
        #expect(good.log.count > 195 && !good.log.frames.contains(where: \.isDamaged))
        #expect(bad.log.frames.contains { $0.isDamaged })
    }

    @Test("A broken JPEG that looks complete costs that frame, counts, and ends nothing")
    func brokenTables() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        var bytes = try JPEGStructureTests.jpeg(["-quality", "95"], size: "320:240")
        // A Huffman table with more codes of one bit than there are.
        let table = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC4 })
        bytes[table + 5] = 200
        try Data(bytes).write(to: URL(filePath: path))
        let camera = try await MJPEGCamera.start(picture: path)
        defer { camera.process.kill() }
        let run = try Run(
            "souphttpsrc location=\(camera.address) is-live=true ! multipartdemux ! blur ! streamtap name=t")
        try await eventually { (run.runner.sources.first?.decodeErrors ?? 0) > 5 || run.ending != nil }
        #expect(run.ending == nil && run.runner.tapProgress[0].frames == 0)
        try await run.stop()
    }
}
