import Foundation
import NIOCore
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// A camera's own video over sockets.
@Suite("Video over sockets", .timeLimit(.minutes(2)))
struct VideoSocketTests {
    private static let sets: [UInt8] =
        [0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x1E, 0xD9] + [0, 0, 0, 1, 0x68, 0xCE, 0x3C]

    private static func bytes(_ number: Int, key: Bool) -> [UInt8] {
        (key ? sets : []) + [0, 0, 0, 1, key ? 0x65 : 0x41, UInt8(truncatingIfNeeded: number), 1]
    }

    private static func unit(
        _ number: Int, key: Bool = false, coding: VideoCoding = .h264, age: Int64 = 0
    ) -> ReceivedUnit {
        ReceivedUnit(
            header: UnitHeader(
                tap: 0, coding: coding, isKey: key, sequence: UInt64(number), captured: MonotonicClock.now() - age,
                width: 640, height: 360),
            bytes: ByteBuffer(bytes: bytes(number, key: key)))
    }

    private static func compiled(_ coding: VideoCoding?) -> CompiledTap {
        CompiledTap(id: "live", attachPoint: "main", coding: coding)
    }

    private func run(
        _ body: @escaping @Sendable (RunningTestServer, TapFeed) async throws -> Void
    ) async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.adopt(Self.compiled(.h264), isCompiled: true)
            try await body(server, feed)
            try await eventually { feed.metrics.viewers == 0 && !feed.video.isWanted }
        }
    }

    @Test("Each message is an access unit, a keyframe first, behind what codec it is; other codings are refused")
    func oneTap() async throws {
        try await run { server, feed in
            let client = try await server.watch("/ws/vp/tap/cam/live?format=h264")
            try await eventually { feed.video.viewers == 1 }
            for number in 1...4 { feed.video.publish(Self.unit(number, key: number == 2)) }
            let video = try await client.nextJSON()
            #expect(video["type"] as? String == "video" && video["codec"] as? String == "avc1.42c01e")
            #expect(video["width"] as? Int == 640 && video["height"] as? Int == 360)
            for number in 2...4 {
                let bytes = try await client.nextBinary()
                #expect(bytes == Self.bytes(number, key: number == 2))
            }
            for number in 7...9 { feed.video.publish(Self.unit(number, key: number == 9)) }
            let skipped = try await client.nextJSON()
            #expect(skipped["type"] as? String == "skipped" && skipped["count"] as? Int == 4)
            #expect(try await client.nextBinary() == Self.bytes(9, key: true))
            feed.instanceChanged(to: .retrying, reason: .noFrames, message: nil)
            #expect(try await client.nextJSON()["state"] as? String == "retrying")
            // The plan is another one from here on.
            feed.adopt(Self.compiled(nil), isCompiled: false)
            feed.adopt(Self.compiled(nil), isCompiled: true)
            let error = try await client.nextJSON()
            #expect((error["message"] as? String)?.contains("has no h264") == true)
            #expect(try await client.closeCode() == 1008)
            let late = try await server.watch("/ws/vp/tap/cam/live?format=h265")
            #expect((try await late.nextJSON()["message"] as? String)?.contains("has no h265") == true)
            let scaled = try await server.watch("/ws/vp/tap/cam/live?format=h264&width=99")
            #expect((try await scaled.nextJSON()["message"] as? String)?.contains("as the camera sends it") == true)
        }
    }

    @Test("A client says what it can show, is told what it gets, and gets it; what only leads to the newest is marked")
    func channels() async throws {
        try await run { server, feed in
            let first = try await server.watch("/ws/vp")
            try await first.send(
                #"{"type":"subscribe","channel":3,"instance_id":"cam","tap_id":"live","codecs":["av01","avc1.64001f","jpeg"]}"#
            )
            #expect(try await first.nextJSON()["type"] as? String == "subscribed")
            let coding = try await first.nextJSON()
            #expect(coding["type"] as? String == "coding" && coding["codec"] as? String == "avc1")
            #expect(coding["channel"] as? Int == 3)
            for number in 1...3 { feed.video.publish(Self.unit(number, key: number == 1)) }
            for number in 1...3 {
                let unit = try TapChannelsTests.Picture(try await first.next())
                #expect((unit.version, unit.kind, unit.channel, unit.sequence) == (1, 2, 3, UInt64(number)))
                #expect(unit.jpeg == Self.bytes(number, key: number == 1) && unit.sent >= unit.captured)
                #expect(unit.metadata["codec"] as? String == "avc1.42c01e" && unit.metadata["width"] as? Int == 640)
                #expect(unit.metadata["key"] as? Bool == (number == 1) && unit.metadata["leading"] == nil)
            }
            let second = try await server.watch("/ws/vp")
            try await second.send(
                #"{"type":"subscribe","channel":0,"instance_id":"cam","tap_id":"live","codecs":["avc1"]}"#)
            _ = (try await second.nextJSON(), try await second.nextJSON())
            for number in 1...3 {
                let unit = try TapChannelsTests.Picture(try await second.next())
                #expect(unit.metadata["leading"] as? Bool == true && unit.sequence == UInt64(number))
            }
            feed.video.publish(Self.unit(4))
            #expect(try TapChannelsTests.Picture(try await second.next()).metadata["leading"] == nil)
            // Nothing is shown for a while; then at once what leads to the newest.
            try await second.send(#"{"type":"demand","channel":0,"hidden":true}"#)
            try await eventually { feed.video.viewers == 1 }
            feed.video.publish(Self.unit(5))
            try await second.send(#"{"type":"demand","channel":0}"#)
            #expect(try await second.nextJSON()["codec"] as? String == "avc1")
            for number in 1...5 {
                #expect(try TapChannelsTests.Picture(try await second.next()).sequence == UInt64(number))
            }
            // The client finds that it cannot, after all.
            try await second.send(#"{"type":"demand","channel":0,"codecs":["jpeg"],"width":320}"#)
            #expect(try await second.nextJSON()["codec"] as? String == "jpeg")
            try await eventually { !feed.wanted.isEmpty }
            feed.publish(TestFrames.frame(8, variant: Variant(width: 320)))
            #expect(try TapChannelsTests.Picture(try await second.next()).kind == 1)
            try await first.close()
            try await second.close()
        }
    }

    @Test("Where a tap turns from video to pictures and back, so does the channel; who takes no pictures is told")
    func turning() async throws {
        try await run { server, feed in
            let client = try await server.watch("/ws/vp")
            for (channel, codecs) in [#""avc1","jpeg""#, #""avc1""#, #""hev1""#, #""hev1","jpeg""#].enumerated() {
                try await client.send(
                    #"{"type":"subscribe","channel":\#(channel),"instance_id":"cam","tap_id":"live","codecs":[\#(codecs)]}"#
                )
                #expect(try await client.nextJSON()["type"] as? String == "subscribed")
                let answer = try await client.nextJSON()
                #expect(answer["codec"] as? String == ["avc1", "avc1", nil, "jpeg"][channel], "\(answer)")
                #expect(answer["code"] as? String == (channel == 2 ? "not_video" : nil))
            }
            feed.adopt(Self.compiled(nil), isCompiled: true)
            var answers: [Int: String] = [:]
            for _ in 0..<3 {
                let answer = try await client.nextJSON()
                answers[answer["channel"] as? Int ?? 9] = (answer["codec"] ?? answer["code"]) as? String
            }
            #expect(answers == [0: "jpeg", 1: "not_video", 3: "jpeg"])
            feed.adopt(Self.compiled(.h265), isCompiled: true)
            for _ in 0..<2 {
                let answer = try await client.nextJSON()
                answers[answer["channel"] as? Int ?? 9] = answer["codec"] as? String
            }
            #expect(answers == [0: "jpeg", 1: "not_video", 3: "hev1"])
            try await eventually { feed.video.viewers == 1 && !feed.wanted.isEmpty }
            try await client.close()
        }
    }

    @Test("A viewer who does not read gets a chain that is whole, a keyframe first, and is told what it missed")
    func stalled() async throws {
        try await run { server, feed in
            let client = try await server.watch("/ws/vp")
            try await client.send(
                #"{"type":"subscribe","channel":0,"instance_id":"cam","tap_id":"live","codecs":["avc1"]}"#)
            _ = (try await client.nextJSON(), try await client.nextJSON())
            try await client.setReading(false)
            // 200 Mbit, captured in 20 s: more than anybody keeps.
            for number in 1...600 {
                var unit = Self.unit(number, key: number % 30 == 1, age: Int64(600 - number) * 33_000_000)
                unit.bytes.writeRepeatingByte(9, count: 40_000)
                feed.video.publish(unit)
            }
            try await client.setReading(true)
            var (last, missed) = (UInt64(0), 0)
            while last < 600 {
                let event = try await client.next()
                if case .text(let text) = event {
                    let notice = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                    #expect(notice?["type"] as? String == "skipped")
                    missed += notice?["count"] as? Int ?? 0
                    continue
                }
                let unit = try TapChannelsTests.Picture(event)
                #expect(unit.sequence == last + 1 || unit.metadata["key"] as? Bool == true)
                if unit.sequence != last + 1 { missed -= Int(unit.sequence - last - 1) }
                last = unit.sequence
            }
            #expect(missed == 0 && feed.viewerNumbers[.video].skipped > 100)
            try await client.close()
        }
    }
}
