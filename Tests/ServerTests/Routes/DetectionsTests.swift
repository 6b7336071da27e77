import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Detections over plain HTTP", .timeLimit(.minutes(2)))
struct DetectionsTests {
    static let path = "/api/vp/taps/cam/live/detections"

    static func progress(seven: UInt64, three: UInt64 = 0) -> TapProgress {
        let labels = [(7, seven), (3, three)].filter { $0.1 > 0 }.map { id, count in
            LabelProgress(
                kind: "apriltag", label: "tag36h11:\(id)", id: id, frames: count, detections: count,
                lastSeen: MonotonicClock.now())
        }
        return TapProgress(
            tap: "live", frames: 20,
            detections: DetectionProgress(
                frames: 10, framesWithDetections: max(seven, three), detections: seven + three, labels: labels))
    }

    @Test("the newest frame's own, with counts by label that go on over restarts")
    func newest() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.update(Self.progress(seven: 5))
            feed.attemptStarted()
            feed.update(Self.progress(seven: 2, three: 4))
            let detections = #"[{"kind":"apriltag","id":7,"label":"tag36h11:7"}]"#
            let captured = MonotonicClock.now()
            async let asked = server.get(Self.path + "?width=320")
            try await eventually { feed.state.withLock { $0.waiters.count } == 1 }
            feed.publish(
                TestFrames.frame(
                    1, variant: Variant(width: 320), once: 1, captured: captured, detections: detections))
            let answer = try await asked
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            let json = try answer.json()
            #expect(json["tap_id"] as? String == "live")
            #expect(json["instance_id"] as? String == "cam")
            #expect(json["captured_us"] as? Int64 == CaptureTime.unixMicroseconds(captured))
            #expect((json["detections"] as? [[String: Any]])?.first?["id"] as? Int == 7)
            let counts = try #require(json["counts"] as? [String: Any])
            #expect(counts["frames"] as? Int == 20)
            #expect(counts["frames_with_detections"] as? Int == 9)
            #expect(counts["detection_rate"] as? Double == 0.45)
            #expect(counts["detections"] as? Int == 11)
            let labels = try #require(counts["labels"] as? [[String: Any]])
            #expect(labels.map { $0["id"] as? Int } == [7, 3])
            #expect(labels.map { $0["frames"] as? Int } == [7, 4])
            #expect(labels.map { $0["detection_rate"] as? Double } == [0.35, 0.2])
            let text = String(decoding: try await server.get("/metrics").body, as: UTF8.self)
            let labelled = "streamtap_tap_detections_total{instance=\"cam\",tap=\"live\",kind=\"apriltag\""
            #expect(text.contains(labelled + ",label=\"tag36h11:7\"} 7\n"))
            #expect(text.contains(labelled + ",label=\"tag36h11:3\"} 4\n"))
            #expect(text.contains("streamtap_tap_detecting_frames_total{instance=\"cam\",tap=\"live\"} 20\n"))
        }
    }

    @Test("a tap before any detecting stage says so; one that had no frame yet is 503")
    func without() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            feed.instanceChanged(to: .retrying, reason: .unreachable, message: nil)
            #expect(try await server.get(Self.path).errorCode() == "no_picture")
            feed.publish(TestFrames.frame(1))
            let answer = try await server.get(Self.path)
            #expect(answer.status == 404)
            #expect(try answer.errorCode() == "not_detecting")
        }
    }

    @Test("a worker that lies of labels and numbers fills no memory and traps nothing")
    func liar() {
        let feed = TestFrames.feed()
        for _ in 0..<3 {
            let labels = (0..<1000).map {
                LabelProgress(
                    kind: "k", label: "\($0)-\(UInt64.random(in: 0...(.max)))", frames: .max, detections: .max,
                    lastSeen: .min)
            }
            feed.update(
                TapProgress(
                    tap: "live",
                    detections: DetectionProgress(
                        frames: .max, framesWithDetections: .max, detections: .max, labels: labels, unlisted: .max)))
            feed.attemptStarted()
        }
        #expect(feed.detectionTotals?.labels.count == DetectionProgress.labelLimit)
    }
}
