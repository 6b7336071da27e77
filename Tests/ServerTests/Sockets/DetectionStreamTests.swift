import Foundation
import NIOCore
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Detections as a stream", .timeLimit(.minutes(2)))
struct DetectionStreamTests {
    private static let found = #"[{"kind":"apriltag","id":7,"label":"tag36h11:7"}]"#

    private static func frame(_ number: Int, _ detections: String = found) -> ReceivedFrame {
        var frame = TestFrames.frame(number, variant: .detections, detections: detections)
        frame.jpeg = ByteBuffer()
        return frame
    }

    @Test("one tap: each frame as text, with the keys of the answer, and no picture is asked for")
    func oneTap() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let path = "/ws/vp/tap/cam/live?format=detections&width=100&fps=5"
            let socket = try await WebSocketClient.connect(port: server.port, path: path)
            try await eventually { feed.metrics.viewers == 1 }
            #expect(feed.wanted == [WantedVariant(tap: "live", variant: .detections, stream: 5, once: 1)])
            feed.publish(Self.frame(1))
            let message = try await socket.nextJSON()
            #expect(message["type"] as? String == "detections")
            #expect((message["detections"] as? [[String: Any]])?.first?["id"] as? Int == 7)
            #expect((message["width"] as? Int, message["height"] as? Int) == (640, 360))
            feed.publish(TestFrames.frame(2, detections: Self.found))
            let answer = try await server.get(DetectionsTests.path).json()
            #expect(Set(answer.keys) == Set(message.keys).subtracting(["type"]).union(["counts"]))
            #expect(feed.metrics.encoded == 1, "what has no picture was not encoded")
            #expect(feed.viewerNumbers[.detections].sent == 1)
            try await socket.close()
        }
    }

    @Test("on a channel among pictures: text with its number, and no acknowledgement is waited for")
    func channel() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let socket = try await WebSocketClient.connect(port: server.port, path: "/ws/vp")
            let tap = #""instance_id":"cam","tap_id":"live""#
            try await socket.send(#"{"type":"subscribe","channel":3,\#(tap),"format":"detections"}"#)
            #expect(try await socket.nextJSON()["type"] as? String == "subscribed")
            for number in 1...20 {
                feed.publish(Self.frame(number))
                let message = try await socket.nextJSON()
                #expect(message["type"] as? String == "detections")
                #expect((message["channel"] as? Int, message["seq"] as? Int) == (3, number))
            }
            try await socket.send(#"{"type":"subscribe","channel":4,\#(tap),"format":"png"}"#)
            #expect(try await socket.nextJSON()["code"] as? String == "parameter_invalid")
            try await socket.send(#"{"type":"unsubscribe","channel":3}"#)
            #expect(try await socket.nextJSON()["type"] as? String == "unsubscribed")
            try await eventually { feed.wanted.isEmpty }
        }
    }

    @Test("a tap before any detecting stage says so and ends")
    func notDetecting() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let one = try await WebSocketClient.connect(
                port: server.port, path: "/ws/vp/tap/cam/live?format=detections")
            let many = try await WebSocketClient.connect(port: server.port, path: "/ws/vp")
            try await many.send(
                #"{"type":"subscribe","channel":3,"instance_id":"cam","tap_id":"live","format":"detections"}"#)
            #expect(try await many.nextJSON()["type"] as? String == "subscribed")
            try await eventually { feed.metrics.viewers == 2 }
            feed.publish(Self.frame(1, ""))
            #expect(try await one.nextJSON()["type"] as? String == "error")
            #expect(try await one.closeCode() == 1008)
            #expect(try await many.nextJSON()["code"] as? String == "not_detecting")
            try await eventually { feed.metrics.viewers == 0 && feed.wanted.isEmpty }
            try await many.send(#"{"type":"unsubscribe","channel":3}"#)
            #expect(try await many.nextJSON()["code"] as? String == "channel_unknown")
        }
    }

    @Test("pictures are for those who want pictures, whoever comes first, in which order ever")
    func apart() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.publish(Self.frame(1))
            let pictures = try await server.watch("/ws/vp/tap/cam/live?format=binary")
            try await eventually { feed.metrics.viewers == 1 }
            feed.publish(TestFrames.frame(2, detections: Self.found))
            #expect(try await pictures.nextBinary() == TestFrames.jpeg(2))
            let found = try await server.watch("/ws/vp/tap/cam/live?format=detections")
            try await eventually { feed.metrics.viewers == 2 }
            feed.publish(Self.frame(3))
            var last = 0
            while last < 3 { last = try await found.nextJSON()["seq"] as? Int ?? 0 }
            // Eight sizes, and what is found besides.
            for width in 1...9 {
                _ = feed.variant(for: Variant(width: width * 100))
                _ = try await server.watch("/ws/vp/tap/cam/live?format=binary&width=\(width * 100)")
            }
            #expect(feed.variant(for: .detections) == .detections)
        }
    }
}
