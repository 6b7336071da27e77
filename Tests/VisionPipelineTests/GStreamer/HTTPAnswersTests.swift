import CGStreamer
import Foundation
import TestSupport
import Testing

@testable import VisionPipeline

/// A camera over HTTP is hung up on while its answer comes.
@Suite(.timeLimit(.minutes(5)))
struct HTTPAnswersTests {
    /// Rounds of four stops; `SOURCE_STOPS` in the environment says how many for a long run, in which one of a few hundred stops crashed
    /// without the wait.
    private static let rounds = ProcessInfo.processInfo.environment["SOURCE_STOPS"].flatMap { Int($0) } ?? 25

    private func camera(hangUp: Double) async throws -> MJPEGCamera {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        try Data(JPEGStructureTests.jpeg(size: "64:64")).write(to: URL(filePath: path))
        return try await MJPEGCamera.start(picture: path, hangUp: hangUp)
    }

    /// - Returns: how long the stop took.
    @discardableResult
    private static func playAndStop(_ address: String, afterMicroseconds delay: UInt32) -> Duration? {
        let text = "souphttpsrc location=\(address) is-live=true ! multipartdemux ! fakesink"
        guard let element = gst_parse_launch(text, nil) else { return nil }
        gst_object_ref_sink(element)
        let pipeline = PipelineHandle(owning: element)
        _ = pipeline.set(.playing)
        // A moment of the camera's choice, not of the test's.
        usleep(delay)
        let start = ContinuousClock.now
        pipeline.stop()
        return .now - start
    }

    @Test("Again and again, in whatever moment: nothing crashes")
    func again() async throws {
        try GStreamer.initialize()
        let camera = try await camera(hangUp: 0.1)
        defer { camera.process.kill() }
        var generator = SeededGenerator.announced()
        for _ in 0..<Self.rounds {
            let delays = (0..<4).map { _ in UInt32.random(in: 0...10_000, using: &generator) }
            DispatchQueue.concurrentPerform(iterations: delays.count) {
                Self.playAndStop(camera.address, afterMicroseconds: delays[$0])
            }
        }
    }

    @Test("One that does not answer is not waited for long")
    func silent() async throws {
        try GStreamer.initialize()
        let server = try SilentServer()
        defer { server.close() }
        let took = try #require(
            Self.playAndStop("http://127.0.0.1:\(server.port)/", afterMicroseconds: 300_000))
        #expect(took < .seconds(10), "\(took)")
    }
}
