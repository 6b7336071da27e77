import Foundation
import NIOCore
import NIOWebSocket
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Many taps on one socket", .timeLimit(.minutes(2)))
struct TapChannelsTests {
    /// A binary message, taken apart.
    struct Picture {
        var version: UInt8
        var kind: UInt8
        var channel: UInt16
        var sent: Int64
        var sequence: UInt64
        var captured: Int64
        var metadata: [String: Any]
        var jpeg: [UInt8]

        init(_ event: WebSocketClient.Event) throws {
            guard case .binary(let bytes) = event else { throw ProcessFailure("no picture but \(event)") }
            var buffer = ByteBuffer(bytes: bytes)
            let versionAndKind = buffer.readMultipleIntegers(as: (UInt8, UInt8).self)
            (version, kind) = try #require(versionAndKind)
            let channelAndLength = buffer.readMultipleIntegers(endianness: .little, as: (UInt16, UInt32).self)
            let length: UInt32
            (channel, length) = try #require(channelAndLength)
            let times = buffer.readMultipleIntegers(endianness: .little, as: (Int64, UInt64, Int64).self)
            (sent, sequence, captured) = try #require(times)
            let text = Data(buffer.readBytes(length: Int(length)) ?? [])
            metadata = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
            jpeg = Array(buffer.readableBytesView)
        }
    }

    private func run(
        _ body: @escaping @Sendable (RunningTestServer, [TapFeed], WebSocketClient) async throws -> Void
    ) async throws {
        try await RunningTestServer.run { server in
            let feeds = server.addTaps("live", "gray")
            let client = try await WebSocketClient.connect(port: server.port, path: "/ws/vp")
            try await body(server, feeds, client)
            try? await client.close()
            try await eventually { feeds.allSatisfy { $0.metrics.viewers == 0 && $0.wanted.isEmpty } }
        }
    }

    private func subscribe(_ client: WebSocketClient, _ channel: Int, _ tap: String, _ more: String = "")
        async throws
    {
        try await client.send(
            #"{"type":"subscribe","channel":\#(channel),"instance_id":"cam","tap_id":"\#(tap)"\#(more)}"#)
        let answer = try await client.nextJSON()
        #expect(answer["type"] as? String == "subscribed")
        #expect(answer["channel"] as? Int == channel)
        #expect(answer["tap_id"] as? String == tap)
    }

    @Test("a picture comes with its channel, its times and its own detections")
    func pictures() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 7, "live")
            try await subscribe(client, 65535, "gray", #","width":320"#)
            let captured = MonotonicClock.now()
            feeds[0].publish(TestFrames.frame(4, captured: captured, detections: #"[{"kind":"apriltag","id":7}]"#))
            let first = try Picture(try await client.next())
            #expect((first.version, first.kind, first.channel, first.sequence) == (1, 1, 7, 4))
            #expect(first.captured == CaptureTime.unixMicroseconds(captured))
            #expect(first.sent >= first.captured)
            #expect(first.metadata["width"] as? Int == 640)
            #expect((first.metadata["detections"] as? [[String: Any]])?.first?["id"] as? Int == 7)
            #expect(first.jpeg == TestFrames.jpeg(4))
            feeds[1].publish(TestFrames.frame(9, variant: Variant(width: 320)))
            let second = try Picture(try await client.next())
            #expect((second.channel, second.sequence) == (65535, 9))
            #expect(second.metadata["detections"] == nil)
        }
    }

    @Test("without acknowledgements two pictures are under way; then the newest comes, the others are counted")
    func window() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            try await eventually { feeds[0].metrics.viewers == 1 }
            for number in 1...2 {
                feeds[0].publish(TestFrames.frame(number))
                #expect(try Picture(try await client.next()).sequence == UInt64(number))
            }
            for number in 3...10 { feeds[0].publish(TestFrames.frame(number)) }
            try await eventually { feeds[0].metrics.skipped == 7 }
            try await client.send(#"{"type":"ack","channel":1,"seq":2}"#)
            #expect(try Picture(try await client.next()).sequence == 10)
            // The same in 12 bytes: version, 0, channel, number.
            feeds[0].publish(TestFrames.frame(11))
            #expect(try Picture(try await client.next()).sequence == 11)
            feeds[0].publish(TestFrames.frame(12))
            try await client.send(.binary, [1, 0, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0])
            #expect(try Picture(try await client.next()).sequence == 12)
            // Another channel is not held up by this one, nor by an acknowledgement of what was never sent.
            try await client.send(#"{"type":"ack","channel":9,"seq":18446744073709551615}"#)
            try await subscribe(client, 2, "gray")
            feeds[1].publish(TestFrames.frame(1))
            #expect(try Picture(try await client.next()).channel == 2)
        }
    }

    @Test(
        "one who acknowledges misses nothing, however many together; and is heard while pictures go and after",
        arguments: [1, 2])
    func acknowledging(together: Int) async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            try await eventually { feeds[0].metrics.viewers == 1 }
            // Long enough for the socket to be read only as pictures go to it.
            let end = ContinuousClock.now + .seconds(1)
            var number = 0
            while ContinuousClock.now < end {
                for _ in 0..<together {
                    number += 1
                    feeds[0].publish(TestFrames.frame(number))
                    #expect(try Picture(try await client.next()).sequence == UInt64(number))
                }
                try await client.send(
                    .binary, [1, 0, 1, 0] + withUnsafeBytes(of: UInt64(number).littleEndian, Array.init))
            }
            #expect(feeds[0].metrics.skipped == 0)
            try await client.send(#"{"type":"demand","channel":1,"width":320}"#)
            try await eventually { feeds[0].wanted.map(\.variant) == [Variant(width: 320)] }
            try await client.send(.ping, [7])
            #expect(try await client.next() == .pong([7]))
        }
    }

    @Test("a view changes while it is watched, and hidden means nothing is made for it")
    func demand() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            try await client.send(#"{"type":"demand","channel":1,"width":320,"fps":5}"#)
            try await eventually { feeds[0].wanted.map(\.variant) == [Variant(width: 320)] }
            #expect(feeds[0].wanted.map(\.stream) == [5])
            try await client.send(#"{"type":"demand","channel":1,"hidden":true}"#)
            try await eventually { feeds[0].metrics.viewers == 0 && feeds[0].wanted.isEmpty }
            try await client.send(#"{"type":"demand","channel":1}"#)
            try await eventually { feeds[0].metrics.viewers == 1 }
            feeds[0].publish(TestFrames.frame(1))
            #expect(try Picture(try await client.next()).channel == 1)
        }
    }

    @Test("pictures under way when the page was hidden do not keep it dark")
    func shownAgain() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            try await eventually { feeds[0].metrics.viewers == 1 }
            for number in 1...2 {
                feeds[0].publish(TestFrames.frame(number))
                _ = try Picture(try await client.next())
            }
            feeds[0].publish(TestFrames.frame(3))
            try await client.send(#"{"type":"demand","channel":1,"hidden":true}"#)
            try await eventually { feeds[0].metrics.viewers == 0 }
            try await client.send(#"{"type":"demand","channel":1}"#)
            try await eventually { feeds[0].metrics.viewers == 1 }
            feeds[0].publish(TestFrames.frame(4))
            var sequence: UInt64 = 0
            while sequence < 4 { sequence = try Picture(try await client.next()).sequence }
        }
    }

    @Test("who changes channels without end is told to slow down, and goes on")
    func tooManyRequests() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            for width in 0..<300 { try await client.send(#"{"type":"demand","channel":1,"width":\#(100 + width)}"#) }
            var code: String?
            while code == nil {
                if case .text(let text) = try await client.next() {
                    code = text.contains("too_many_requests") ? "too_many_requests" : nil
                }
            }
            #expect(feeds[0].metrics.viewers == 1)
        }
    }

    @Test("states and the end are told by channel; after the end its number is free")
    func states() async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            feeds[0].instanceChanged(to: .retrying, reason: .refused, message: "no")
            let state = try await client.nextJSON()
            #expect(state["channel"] as? Int == 1)
            #expect(state["state"] as? String == "retrying")
            #expect(state["reason"] as? String == "refused")
            feeds[0].end(.endOfStream)
            let end = try await client.nextJSON()
            #expect(end["type"] as? String == "end")
            #expect(end["channel"] as? Int == 1)
            try await subscribe(client, 1, "gray")
            try await client.send(#"{"type":"unsubscribe","channel":1}"#)
            #expect(try await client.nextJSON()["type"] as? String == "unsubscribed")
            try await subscribe(client, 1, "gray")
            // A tap that has ended says so to who comes late, and takes no number.
            try await subscribe(client, 2, "live")
            #expect(try await client.nextJSON()["type"] as? String == "end")
            try await subscribe(client, 2, "gray")
        }
    }

    @Test(
        "what cannot be is said by channel, and the socket goes on",
        arguments: [
            (#"{"type":"subscribe","channel":1,"instance_id":"cam","tap_id":"gray"}"#, "channel_in_use"),
            (#"{"type":"subscribe","channel":2,"instance_id":"cam","tap_id":"nope"}"#, "tap_unknown"),
            (#"{"type":"subscribe","channel":2,"instance_id":"cam"}"#, "malformed"),
            (
                #"{"type":"subscribe","channel":2,"instance_id":"cam","tap_id":"gray","width":1}"#, "parameter_invalid"
            ),
            (#"{"type":"demand","channel":1,"fps":0}"#, "parameter_invalid"),
            (#"{"type":"demand","channel":3}"#, "channel_unknown"),
            (#"{"type":"unsubscribe","channel":3}"#, "channel_unknown"),
            (#"{"type":"explode","channel":1}"#, "malformed"),
        ])
    func refusals(message: String, code: String) async throws {
        try await run { _, feeds, client in
            try await subscribe(client, 1, "live")
            try await client.send(message)
            let error = try await client.nextJSON()
            #expect(error["type"] as? String == "error")
            #expect(error["code"] as? String == code)
            #expect(error["channel"] is Int)
            feeds[0].publish(TestFrames.frame(1))
            #expect(try Picture(try await client.next()).sequence == 1)
        }
    }

    @Test(
        "what is no message closes with 1008",
        arguments: [
            "", "x", "[]", "{}", #"{"type":"ack","channel":65536}"#, #"{"type":"ack","channel":-1}"#,
            #"{"type":"ack","channel":1,"seq":-1}"#, #"{"type":"ack","channel":1,"seq":1e400}"#,
            String(repeating: "[", count: 10_000),
        ])
    func garbage(text: String) async throws {
        try await run { _, _, client in
            try await client.send(text)
            #expect(try await client.nextJSON()["code"] as? String == "malformed")
            #expect(try await client.next() == .closed(code: 1008))
        }
    }

    @Test("a socket has at most 64 channels")
    func tooMany() async throws {
        try await run { _, _, client in
            for channel in 0..<TapChannelsHandler.channelLimit { try await subscribe(client, channel, "live") }
            try await client.send(#"{"type":"subscribe","channel":64,"instance_id":"cam","tap_id":"live"}"#)
            #expect(try await client.nextJSON()["code"] as? String == "too_many_channels")
        }
    }
}
