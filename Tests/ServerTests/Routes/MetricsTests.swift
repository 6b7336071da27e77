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

    @Test("a histogram's classes are summed up, in seconds, and the last holds all")
    func histograms() {
        var times = DurationHistogram(.work)
        for micros: Int64 in [5, 10, 11, 700, 999_999, 1_000_000, 5_000_000] { times.record(micros * 1000) }
        times.record(-3)
        var text = MetricsText()
        text.histograms("stage_seconds", "Time.", [([("stage", "a\"b")], times)])
        let rows = text.rendered.split(separator: "\n").dropFirst(2).map {
            $0.split(separator: " ").last.map(String.init)
        }
        // 10 20 50 100 200 500 µs; 1 2 5 10 20 50 100 200 500 ms; 1 s
        let classes = [3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 7, 8]
        #expect(rows == classes.map { "\($0)" } + ["7.000725", "8"])
        #expect(text.rendered.contains("# TYPE streamtap_stage_seconds histogram\n"))
        #expect(text.rendered.contains("streamtap_stage_seconds_bucket{stage=\"a\\\"b\",le=\"1e-05\"} 3\n"))
        #expect(text.rendered.contains("le=\"+Inf\"} 8\n"))
    }

    @Test("a viewer who walks through all sizes makes no rows without end, and every picture is in one")
    func variants() {
        let feed = TestFrames.feed()
        for width in 1...100 { feed.publish(TestFrames.frame(width, variant: Variant(width: width, quality: 50))) }
        feed.publish(TestFrames.frame(101, variant: .detections))
        let rows = feed.variantNumbers.rows
        #expect(rows.count == VariantNumbers.limit + 1)
        #expect(rows.reduce(0) { $0 + $1.totals.pictures } == 100)
        #expect(rows.reduce(0) { $0 + $1.totals.bytes } == 6400)
        #expect(rows.allSatisfy { $0.totals.encodeTimes.count == $0.totals.pictures })
        #expect(Variant(width: 640, height: 360, quality: 80).label == "640x360@80")
        #expect([Variant.asIs, Variant(height: 9), Variant(quality: 7)].map(\.label) == ["as-is", "x9", "@7"])
    }

    @Test("a process is told by /proc, and one that is not there is not")
    func processes() throws {
        let own = try #require(ProcessNumbers(pid: ProcessInfo.processInfo.processIdentifier))
        #expect(own.residentBytes > 1 << 20 && own.cpuSeconds > 0)
        #expect(ProcessNumbers(pid: -1) == nil)
        #expect(ProcessNumbers.openDescriptors > 2)
    }
}
