import Foundation
import Plans
import TestSupport
import Testing

@testable import VisionPipeline

/// A camera with 25 s from one keyframe to the next: its own times, played as fast as they can be read.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LongGroupTests {
    /// Pictures in a second.
    private static let rate = 4
    /// From one keyframe to the next.
    private static let group = 25 * rate
    private static let (width, height) = (256, 192)
    private static let caps = "video/x-raw,format=I420,width=\(width),height=\(height),framerate=\(rate)/1"

    private struct Coding: Sendable {
        var name: String
        var coder: String

        func film() throws -> PacketDump {
            try PacketDump(
                of: """
                    videotestsrc num-buffers=\(LongGroupTests.group * 2 + 40) pattern=pinwheel horizontal-speed=3 \
                    ! \(LongGroupTests.caps) \
                    ! \(coder) ! rtp\(name)pay mtu=400 config-interval=-1
                    """)
        }
    }

    private static func coding(_ name: String) -> Coding {
        let group = "key-int-max=\(Self.group)"
        return name == "h264"
            ? Coding(
                name: name, coder: "x264enc speed-preset=ultrafast tune=zerolatency option-string=scenecut=0 \(group)")
            : Coding(
                name: name,
                coder: "x265enc speed-preset=ultrafast tune=zerolatency \(group) option-string=scenecut=0:open-gop=0")
    }

    /// What another program's decoder makes of all of a dump: of each picture what a thin log keeps, every eighth row of luma.
    private static func decoded(_ path: String, _ name: String) throws -> [[UInt8]] {
        let line =
            "-q filesrc location=\(path) ! gdpdepay ! rtp\(name)depay ! \(name)parse ! avdec_\(name) ! video/x-raw,format=I420 ! fdsink"
        let bytes = try CodedVideo.output(of: "gst-launch-1.0", line.split(separator: " ").map(String.init))
        return stride(from: 0, to: bytes.count, by: width * height * 3 / 2).map { picture in
            stride(from: 0, to: width * height, by: 8 * width).flatMap { bytes[(picture + $0)...].prefix(width) }
        }
    }

    /// What a live source's stage gets of a dump. A live way loses what comes too fast: a moment behind each picture leaves it time.
    private static func frames(of path: String, _ name: String) async throws -> [Frame] {
        let seen = Recorder.newLog(isThin: true)
        let run = try Run(
            """
            ---
            live: true
            ---
            filesrc location=\(path) ! gdpdepay ! rtp\(name)depay ! \(name)parse \
            ! identity sleep-time=4000 ! avdec_\(name) ! probe id=\(seen.id)
            """)
        try await eventually(within: .seconds(30)) { run.ending != nil }
        return seen.log.frames
    }

    @Test(
        "Joined 7, 14 and 23 s before a keyframe, nothing comes before it, and then whole pictures",
        arguments: ["h264", "h265"])
    func joined(name: String) async throws {
        let folder = try TemporaryDirectory()
        let dump = try Self.coding(name).film()
        let whole = try Self.decoded(dump.written(to: folder, "all.gdp") { _ in false }, name)
        let keys = dump.sequenceSets
        try #require(keys.count == 3 && whole.count == Self.group * 2 + 40)
        let fromKey = Set(whole.dropFirst(Self.group))
        let times = dump.rtp.map(\.time)
        let keyTime = times[keys[1]]
        for seconds in [7, 14, 23] as [UInt64] {
            let first = try #require(times.firstIndex { $0 >= keyTime - seconds * 1_000_000_000 })
            let seen = try await Self.frames(of: dump.written(to: folder, "\(seconds).gdp") { $0 < first }, name)
            #expect(seen.count > Self.group / 2, "\(seconds) s: \(seen.count)")
            #expect(!seen.contains { $0.isDamaged }, "\(seconds) s")
            // A live way may leave some out; what comes is what a decoder shows that has had all, from the keyframe on.
            #expect(seen.allSatisfy { fromKey.contains($0.samples()) }, "\(seconds) s")
        }
    }

    @Test(
        "With packets lost, a picture is the one that was sent, or says that it is damaged",
        arguments: ["h264", "h265"])
    func lossy(name: String) async throws {
        let folder = try TemporaryDirectory()
        let dump = try Self.coding(name).film()
        let sent = try Set(Self.decoded(dump.written(to: folder, "all.gdp") { _ in false }, name))
        let key = try #require(dump.sequenceSets.dropFirst().first)
        var random = SeededGenerator.announced()
        let lost = (0..<dump.packets).map { _ in Int.random(in: 0..<100, using: &random) == 0 }
        // Joined 7 s before a keyframe that comes whole.
        let times = dump.rtp.map(\.time)
        let keyTime = times[key]
        let first = try #require(times.firstIndex { $0 >= keyTime - 7_000_000_000 })
        let path = try dump.written(to: folder, "lossy.gdp") { $0 < first || lost[$0] && times[$0] != keyTime }
        let seen = try await Self.frames(of: path, name)
        #expect(seen.first?.isDamaged == false)
        #expect(seen.contains { $0.isDamaged })
        #expect(seen.filter { !$0.isDamaged }.allSatisfy { sent.contains($0.samples()) })
    }
}
