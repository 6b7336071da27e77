import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Pictures that were never such, packets that hold anything, sizes that nobody has memory for.
    @Suite("What a camera should not send")
    struct UnrulyCameraTests {
        /// For each codec, for `make fuzz-media`; nil for a short run.
        private static let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Double($0) }
        /// Those that `FUZZ_CODEC` names, or all: so that they can run at the same time.
        private static let codecs = UnrulyCamera.Codec.allCases.filter {
            $0.rawValue == ProcessInfo.processInfo.environment["FUZZ_CODEC"] ?? $0.rawValue
        }
        private static let shortRounds = 4
        /// Damage that once took the picture for good: of 60 pictures each.
        private static let notorious: [UnrulyCamera.Codec: [UInt32]] = [.h264: [1_879_715_634]]

        private static let decoders: [UnrulyCamera.Codec: String] = [
            .h264: "rtph264depay ! h264parse ! avdec_h264", .h265: "rtph265depay ! h265parse ! avdec_h265",
        ]

        /// A tap on the decoder and one behind a stage that learns.
        private func plan(_ codec: UnrulyCamera.Codec, _ address: String) -> String {
            let source =
                if let decoder = Self.decoders[codec] {
                    "rtspsrc location=\(address) protocols=tcp latency=50 ! \(decoder)"
                } else {
                    "souphttpsrc location=\(address) is-live=true ! multipartdemux"
                }
            return
                "\(source) ! identity name=pictures ! streamtap name=live pictures. ! motion name=seen ! streamtap name=moving\n"
        }

        @Test(
            "No worker crashes or grows, losses are counted, and the picture is back soon",
            arguments: codecs)
        func unruly(_ codec: UnrulyCamera.Codec) async throws {
            var generator = SeededGenerator.announced()
            let camera = try await UnrulyCamera.start(codec)
            let server = try await StreamTapProcess.serving(["cam": plan(codec, camera.address)])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "moving", "")
            _ = try await viewer.next()
            try await server.reaches("running", "cam")
            let worker = try #require(server.workers.first)
            let deadline = Self.seconds.map { ContinuousClock.now + .seconds($0) }
            var late: [Int] = []
            var memory: [Int] = []
            var seeds = Self.notorious[codec] ?? []
            while deadline.map({ ContinuousClock.now < $0 }) ?? (late.count < Self.shortRounds) {
                let known = seeds.popLast()
                let seed = known ?? UInt32.random(in: 1...(.max), using: &generator)
                let sound = try await camera.damage(Self.seconds == nil && known == nil ? 30 : 60, seed: seed)
                late.append(try await delay(of: viewer, after: sound, seed))
                if let newest = late.last, newest > 1_000_000 {
                    print("\(codec): \(newest / 1000) ms behind seed \(seed)")
                }
                #expect(server.workers == [worker], "seed \(seed): \(server.process.output.suffix(4_000))")
                guard server.workers == [worker] else { print(server.process.output.suffix(3000)); return }
                memory.append(try ProcessTable.residentKilobytes(of: worker))
            }
            let instance = try await server.instance("cam")
            let sources = instance["sources"] as? [[String: any Sendable]] ?? []
            #expect((sources.first?["decode_errors"] as? Int ?? 0) > 0, "\(instance)")
            #expect(instance["restarts"] as? Int == 0)
            late.sort()
            let part = late.count * 99 / 100
            print(
                "\(codec): \(late.count) times back, p50 \(late[late.count / 2] / 1000), p99 \(late[part] / 1000), most",
                "\((late.last ?? 0) / 1000) ms; kB resident \(memory.prefix(3)) to \(memory.suffix(3)), most \(memory.max() ?? 0)"
            )
            // A machine that is busy is late, too.
            #expect(late.allSatisfy { $0 < 5_000_000 }, "\(late)")
            if Self.seconds != nil { #expect(late.prefix(part).allSatisfy { $0 < 1_000_000 }, "\(late)") }
            if let settled = memory.dropFirst(memory.count / 2).first, let last = memory.last, memory.count >= 20 {
                #expect(last < settled + 50_000, "kB resident: \(memory)")
            }
        }

        /// Microseconds from the first sound picture's sending until a viewer gets pictures again.
        ///
        /// The pictures of damaged ones may be on their way yet: what counts is that they go on.
        private func delay(of viewer: WebSocketClient, after sound: Int, _ seed: UInt32) async throws -> Int {
            let enough = 15
            var got = 0
            _ = viewer.drain()
            while got < enough {
                let text = try await viewer.next("pictures after seed \(seed)", within: .seconds(20)) {
                    event -> String? in
                    if case .text(let text) = event, text.contains("\"type\":\"frame\"") { text } else { nil }
                }
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                let data = try #require((object?["data"] as? String).flatMap { Data(base64Encoded: $0) })
                let picture = try JPEGPicture(decoding: data)
                if picture.width == 320, picture.height == 240 { got += 1 }
            }
            return max(0, Int(Date().timeIntervalSince1970 * 1e6) - sound - enough * 40_000)
        }
    }
}
