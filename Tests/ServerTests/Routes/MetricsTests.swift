import Foundation
import Testing
import WorkerLink

@testable import Server

@Suite("Numbers of taps", .timeLimit(.minutes(2)))
struct MetricsTests {
    @Test("what is lost is named where it is lost")
    func losses() throws {
        var instance = try JSONDecoder().decode(
            InstanceSnapshot.self, from: Data(try APIDocumentationTests.instanceExample().utf8))
        instance.sources[0].dropped = 3
        instance.sources[0].decodeErrors = 4
        instance.stages[0].dropped = 5
        instance.branches[0].dropped = 6
        var metrics = MetricsText()
        metrics.write([instance])
        let text = metrics.rendered
        #expect(text.contains("streamtap_source_dropped_frames_total{instance=\"door\",source=\"rtspsrc0\"} 3\n"))
        #expect(text.contains("streamtap_source_decode_errors_total{instance=\"door\",source=\"rtspsrc0\"} 4\n"))
        #expect(text.contains("streamtap_stage_dropped_frames_total{instance=\"door\",stage=\"gray\"} 5\n"))
        #expect(text.contains("streamtap_branch_dropped_frames_total{instance=\"door\",branch=\"record\"} 6\n"))
    }

    @Test("the API's taps and /metrics say the same")
    func same() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", "gray")[0]
            feed.update(
                TapProgress(tap: "live", frames: 12, fps: 24.5, width: 640, height: 360, encoded: 7, dropped: 2))
            let one = try await server.get("/api/vp/taps/cam").json()
            let taps = try #require(one["taps"] as? [String: [String: Any]])
            #expect(taps.keys.sorted() == ["gray", "live"])
            #expect(taps["live"]?["frame_count"] as? Int == 12)
            #expect(taps["gray"]?["has_frame"] as? Bool == false)
            let all = try await server.get("/api/vp/taps").json()
            let instances = try #require(all["instances"] as? [String: [String: Any]])
            #expect((instances["cam"]?["taps"] as? [String: Any])?.count == 2)
            let text = String(decoding: try await server.get("/metrics").body, as: UTF8.self)
            #expect(text.contains("streamtap_tap_frames_total{instance=\"cam\",tap=\"live\"} 12\n"))
            #expect(text.contains("streamtap_tap_encoded_frames_total{instance=\"cam\",tap=\"live\"} 7\n"))
            #expect(text.contains("streamtap_tap_dropped_frames_total{instance=\"cam\",tap=\"live\"} 2\n"))
            #expect(text.contains("streamtap_tap_frames_per_second{instance=\"cam\",tap=\"live\"} "))
            #expect(text.contains("# TYPE streamtap_tap_frames_total counter\n"))
            #expect(!text.contains("streamtap_tap_detections_total{"))
        }
    }
}
