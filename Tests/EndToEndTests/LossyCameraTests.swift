import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Packets that are lost on the way from the camera")
    struct LossyCameraTests {
        private static let count = 200

        private struct Seen {
            var isDamaged: Bool
            /// Nil where nobody can read which one it is.
            var picture: NumberedPicture?
        }

        private static func plan(_ codec: RTSPCamera.Codec, _ address: String) -> String {
            let name = codec == .h264 ? "h264" : "h265"
            return """
                rtspsrc location=\(address) protocols=udp latency=100 ! rtp\(name)depay ! \(name)parse ! avdec_\(name)
                  ! streamtap name=live quality=95
                """
        }

        /// What a viewer with Python's websockets is sent.
        private func watch(_ server: StreamTapProcess) async throws -> [Seen] {
            let folder = try TemporaryDirectory()
            defer { folder.remove() }
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/recording-viewer.py").path()
            let address = "ws://127.0.0.1:\(server.http.port)/ws/vp/tap/cam/live"
            let viewer = try ChildProcess("/usr/bin/python3", [script, address, "\(Self.count)", folder.path])
            _ = try await viewer.line(containing: "enough", within: .seconds(60))
            return try viewer.output.split(separator: "\n").filter { $0.hasPrefix("picture") }.enumerated().map {
                let data = try Data(contentsOf: folder.url.appending(path: "\($0).jpg"))
                return Seen(
                    isDamaged: $1.hasSuffix("True"), picture: NumberedPicture(try JPEGPicture(decoding: data)))
            }
        }

        private func errors(_ server: StreamTapProcess) async throws -> (api: Int, metrics: Int) {
            let sources = try await server.instance("cam")["sources"] as? [[String: any Sendable]]
            let metrics = try await server.http.get("/metrics").text
            let line = metrics.split(separator: "\n").first {
                $0.hasPrefix("streamtap_source_decode_errors_total{instance=\"cam\"")
            }
            return (
                try #require(sources?.first?["decode_errors"] as? Int),
                try #require(line?.split(separator: " ").last.flatMap { Int($0) })
            )
        }

        @Test(
            "Over UDP: each frame is the one that was sent, or says that it is damaged",
            arguments: [(RTSPCamera.Codec.h264, 0.01), (.h265, 0.03)])
        func overUDP(_ codec: RTSPCamera.Codec, _ loss: Double) async throws {
            var generator = SeededGenerator.announced()
            let seed = UInt32.random(in: 0...(.max), using: &generator)
            let camera = try await RTSPCamera.start(
                codec: codec, fps: 25, gop: 10, isUDPOnly: true, isNumbered: true, loss: (loss, seed))
            defer { camera.process.kill() }
            let server = try await StreamTapProcess.serving(["cam": Self.plan(codec, camera.address)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let before = try await errors(server)
            let seen = try await watch(server)
            let whole = seen.filter { !$0.isDamaged }
            let likeness = whole.map { $0.picture?.likeness ?? 0 }.sorted()
            let damaged = seen.filter(\.isDamaged).map { $0.picture?.likeness ?? 0 }.sorted()
            print(
                "\(codec): \(whole.count) whole, at least \(likeness.first ?? 0) dB; \(damaged.count) damaged, \(damaged.first ?? 0) dB"
            )
            #expect(whole.count > 30 && damaged.count > 5)
            #expect(likeness.first ?? 0 > 28, "\(likeness.prefix(10)) dB")
            #expect(damaged.first ?? 99 < 25, "what is missing shows: \(damaged.prefix(10)) dB")
            let numbers = whole.compactMap { $0.picture?.number }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
            try await eventually("errors are counted, and the same number in both places") {
                let after = try await errors(server)
                return after.api > before.api + damaged.count / 2 && after.metrics > before.metrics + damaged.count / 2
            }
            #expect(try await server.instance("cam")["restarts"] as? Int == 0)
        }
    }
}
