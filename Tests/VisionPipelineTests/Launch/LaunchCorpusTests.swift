import Foundation
import TestSupport
import Testing

@testable import VisionPipeline

@Suite(.timeLimit(.minutes(3)))
struct LaunchCorpusTests {
    /// What a test machine has no plugin for, and a format whose server lets nobody in late.
    private static let leftOut = ["nvarguscamerasrc", "libcamerasrc", "glupload", "gdpdepay"]
    /// Sources that never end.
    private static let endless = [
        "rtsp://10", "rtsp://a", "rtsp://admin", "udpsrc", "tcpclientsrc", "srtsrc", "imagefreeze",
    ]

    @Test("gst-launch and StreamTap play the corpus alike")
    func playedAlike() async throws {
        let lines = LaunchLine.corpus.map(\.text).filter { line in !Self.leftOut.contains { line.contains($0) } }
        #expect(lines.count >= 60)
        let world = try await LaunchWorld()
        defer { world.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = Array(lines.enumerated())[...]
            for _ in 0..<6 {
                if let (number, line) = waiting.popFirst() { group.addTask { try await play(line, number, in: world) } }
            }
            while try await group.next() != nil {
                if let (number, line) = waiting.popFirst() { group.addTask { try await play(line, number, in: world) } }
            }
        }
    }

    private func play(_ line: String, _ number: Int, in world: LaunchWorld) async throws {
        let isEndless = Self.endless.contains { line.contains($0) } && !line.contains("rtmpsink")
        let (theirPlace, ourPlace) = try (world.place("\(number)-theirs"), world.place("\(number)-ours"))
        let theirLine = LaunchStandIns(world: world, player: 0, directory: theirPlace.path).apply(line)
        let ourLine = LaunchStandIns(world: world, player: 1, directory: ourPlace.path).apply(line)
        do {
            async let theirs = LaunchPlay.withGStreamer(theirLine, isEndless: isEndless, in: theirPlace)
            async let ours = LaunchPlay.withStreamTap(ourLine, isEndless: isEndless)
            let outcome = try await (theirs: theirs, ours: ours)
            #expect(outcome.theirs.kind == outcome.ours.kind, "\(ourLine)\n\(outcome)")
            let (theirFiles, ourFiles) = try (files(theirPlace), files(ourPlace))
            #expect(theirFiles == ourFiles, "\(ourLine)")
            if outcome.ours == .ended { try compareFilms(ourFiles, theirPlace, ourPlace) }
        } catch {
            Issue.record(error, "\(ourLine)")
        }
    }

    /// The files that a line has made, empty ones left out.
    private func files(_ directory: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { name in
            let file = try FileManager.default.attributesOfItem(atPath: directory.appending(path: name).path)
            // The films that were there before have other names elsewhere.
            return (file[.size] as? Int ?? 0) > 0 && (file[.referenceCount] as? Int ?? 1) == 1
        }.sorted()
    }

    private func compareFilms(_ names: [String], _ theirs: URL, _ ours: URL) throws {
        for name in names where !name.hasSuffix(".jpg") && !name.hasSuffix(".m3u8") {
            let (a, b) = try (
                FilmFacts(of: theirs.appending(path: name).path), FilmFacts(of: ours.appending(path: name).path)
            )
            #expect(a.frames == b.frames && a.width == b.width && a.height == b.height, "\(name)")
            #expect(abs((a.duration ?? 0) - (b.duration ?? 0)) < 0.05, "\(name)")
        }
    }
}
