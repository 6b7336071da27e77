import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Parameter sets that were damaged on the way stay in force for nothing: sound ones that come again bring the picture back.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct DamagedSetTests {
    private static let codings: [DamagedPictureTests.Coding] = [
        .h264("H.264", "tune=zerolatency"),
        .h264("no parser", "tune=zerolatency", decoder: "rtph264depay ! avdec_h264"),
        .h264("decodebin", "tune=zerolatency", decoder: "decodebin"),
        .h265("H.265", "tune=zerolatency option-string=repeat-headers=1:open-gop=0:keyint=20:min-keyint=20"),
    ]

    /// Of H.264, sequence, picture and subset sets; of H.265 video, sequence and picture sets.
    private static func garbage(_ coding: DamagedPictureTests.Coding, _ random: inout SeededGenerator) -> [UInt8] {
        let headers: [[UInt8]] =
            coding.coder.hasPrefix("x264")
            ? [[0x67], [0x68], [0x6F], [0x67, 0x42, 0xC0, 0x0D]] : [[0x40, 1], [0x42, 1], [0x44, 1]]
        return (headers.randomElement(using: &random) ?? [])
            + (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("Garbage in the place of parameter sets costs the pictures up to the next sound ones", arguments: codings)
    func garbage(coding: DamagedPictureTests.Coding) async throws {
        let folder = try TemporaryDirectory()
        let dump = try coding.film(pictures: 240)
        var random = SeededGenerator.announced()
        let sets = dump.sequenceSets
        try #require(sets.count == 12)
        for turn in 0..<6 {
            // Of some groups of pictures the set, and something that would have been a slice.
            let damaged = Dictionary(
                sets[1...8].flatMap { [$0, $0 + 5, $0 + 9] }.map { ($0, Self.garbage(coding, &random)) },
                uniquingKeysWith: { $1 })
            let path = try dump.written(to: folder, "\(turn).gdp") { damaged[$0].map { .replaced($0) } ?? .whole }
            let (seen, run) = try await DamagedPictureTests.frames(of: path, coding)
            let last = seen.map(\.time).max() ?? 0
            let whole = seen.filter { !$0.isDamaged }
            // 2.5 ms each; the last two groups are behind a sound set.
            #expect(last > 550_000_000 && whole.count { $0.time > last - 90_000_000 } > 30, "\(whole.count), \(last)")
            #expect(run.runner.sources.map(\.decodeErrors).max() ?? 0 > 0)
        }
    }

    @Test(
        "A light level that is told in passing changes the caps, and costs no more than the picture that it replaces",
        arguments: codings)
    func lightLevel(coding: DamagedPictureTests.Coding) async throws {
        let folder = try TemporaryDirectory()
        let dump = try coding.film(pictures: 240)
        let header: [UInt8] = coding.coder.hasPrefix("x264") ? [0x06] : [0x4E, 0x01]
        let place = try #require(dump.sequenceSets.dropFirst(5).first) + 9
        // SEI of type 144, of four bytes: 1000 and 400 cd/m².
        let level = header + [144, 4, 0x03, 0xE8, 0x01, 0x90, 0x80]
        let path = try dump.written(to: folder, "level.gdp") { $0 == place ? .replaced(level) : .whole }
        let (seen, _) = try await DamagedPictureTests.frames(of: path, coding)
        let last = seen.map(\.time).max() ?? 0
        #expect(last > 550_000_000 && seen.count { !$0.isDamaged && $0.time > 400_000_000 } > 70, "\(last)")
    }
}
