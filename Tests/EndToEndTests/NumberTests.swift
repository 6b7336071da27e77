import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A number says what it means: `7.1`, not `7.132999897003174`.
    @Suite("Numbers as programs read them")
    struct NumberTests {
        private static let plan = """
            videotestsrc is-live=true pattern=ball
              ! video/x-raw,format=I420,width=160,height=120,framerate=30000/1001
              ! motion name=moving threshold=40 ! streamtap name=view
            moving. ! blur name=soft ! streamtap name=calm

            """

        @Test("no answer, message or metric has more than six significant decimals")
        func decimals() async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            try await eventually("times of stages and detections") {
                let stages = try await server.instance("cam")["stages"] as? [[String: any Sendable]] ?? []
                let answer = try await server.http.get("/api/vp/taps/cam/view/detections")
                return answer.status == 200 && answer.text.contains("\"normalized\"")
                    && stages.count == 2 && stages.allSatisfy { $0["p99_us"] as? Double ?? 0 > 0 }
            }
            for path in [
                "/api/vp/instances", "/api/vp/instances/cam", "/api/vp/instances/cam/graph",
                "/api/vp/instances/cam/stages/soft", "/api/vp/plans", "/api/vp/plans/cam", "/api/vp/stages",
                "/api/vp/taps", "/api/vp/taps/cam", "/api/vp/taps/cam/view/detections",
                "/api/vp/taps/cam/view/detections?width=100", "/metrics",
            ] {
                let answer = try await server.http.get(path)
                #expect(answer.status == 200)
                #expect(Self.noise(in: answer.text) == [], "\(path)")
            }
            let socket = try await server.watch("cam", "view", "?width=100")
            for _ in 0..<5 {
                guard case .text(let text) = try await socket.next() else {
                    Issue.record("the socket speaks JSON")
                    return
                }
                #expect(Self.noise(in: text) == [])
            }
        }

        @Test("noise is found")
        func planted() {
            #expect(Self.noise(in: "{\"p50_us\":7.132999897003174,\"fps\":29.97}") == ["7.132999897003174"])
            #expect(Self.noise(in: "streamtap_seconds 2.4799850001e-05") == ["2.4799850001"])
            #expect(Self.noise(in: "streamtap_seconds 0.00000012345678") == ["0.00000012345678"])
            #expect(Self.noise(in: "streamtap_seconds 0.0011269") == [])
        }

        private static func noise(in text: String) -> [String] {
            text.matches(of: /(\d+)\.(\d+)/).filter { number in
                // Zeros before the first digit say how small a number is, not how precise.
                let decimals = number.1.allSatisfy { $0 == "0" } ? number.2.drop { $0 == "0" } : number.2
                return decimals.count > 6
            }.map { String($0.0) }
        }
    }
}
