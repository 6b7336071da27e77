import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A film that nothing here can read will be no other the next time: that is said, and not tried for ever.
@Suite(.timeLimit(.minutes(2)))
struct UnreadableFilmTests {
    private static let contents: [(name: String, bytes: [UInt8])] = [
        ("empty", []), ("text", Array(String(repeating: "Hello, camera.\n", count: 400).utf8)),
        ("noise", (0..<20_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }),
        ("picture.bmp", Array("BM".utf8) + [UInt8](repeating: 7, count: 4000)),
    ]

    @Test(
        "It fails for good, with the file's name",
        arguments: [
            "filesrc location=FILE ! decodebin", "uridecodebin uri=file://FILE", "filesrc location=FILE ! qtdemux",
            "filesrc location=FILE ! h264parse ! avdec_h264", "filesrc location=FILE ! matroskademux ! decodebin",
        ])
    func unreadable(_ source: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        for (name, bytes) in Self.contents {
            try Data(bytes).write(to: URL(filePath: place.path(name)))
            let run = try Run("\(source.replacing("FILE", with: place.path(name))) ! streamtap")
            let ending = try await run.end()
            #expect(ending.reason == .fileUnreadable, "\(name): \(ending)")
            #expect(ending.reason.isFinal && ending.message.contains(place.path(name)), "\(name): \(ending)")
        }
    }

    @Test("A film that is not there yet may come; so may a camera that sends what the plan does not take")
    func later() async throws {
        let missing = try await Run("filesrc location=/nowhere/a.mp4 ! decodebin ! streamtap").end()
        #expect(missing.reason == .notFound && !missing.reason.isFinal)
    }
}
