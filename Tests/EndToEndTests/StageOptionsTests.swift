import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Stages change while they run")
    struct StageOptionsTests {
        /// A gray of 128, which a threshold makes white or black.
        private static let plan = """
            videotestsrc is-live=true pattern=solid-color foreground-color=0xff808080
              ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
              ! threshold name=cut value=30 ! streamtap name=view

            """

        /// Waits for a picture of one gray level.
        private func reaches(_ level: UInt8, _ viewer: WebSocketClient) async throws {
            try await eventually("a picture of \(level)", within: .seconds(20)) {
                let picture = try JPEGPicture(decoding: try await viewer.picture())
                return abs(Int(picture[80, 60].green) - Int(level)) < 20
            }
        }

        @Test("A threshold is moved, the picture follows, and a restarted worker remembers")
        func threshold() async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "view")
            try await reaches(255, viewer)
            let path = "/api/vp/instances/cam/stages/cut"
            let answer = try await server.http.patch(path, ["options": ["value": 200]])
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["name"] as? String == "cut" && answer.json["stage"] as? String == "threshold")
            #expect((answer.json["options"] as? [String: any Sendable])?["value"] as? Int == 200)
            try await reaches(0, viewer)

            kill(try #require(server.workers.first), SIGKILL)
            try await server.reaches("retrying", "cam")
            _ = viewer.drain()
            try await server.reaches("running", "cam")
            try await reaches(0, viewer)
            let instance = try await server.instance("cam")
            let stages = instance["stages"] as? [[String: any Sendable]]
            #expect((stages?.first?["options"] as? [String: any Sendable])?["value"] as? Int == 200)

            #expect(try await server.http.patch(path, ["options": ["value": NSNull()]]).status == 200)
            try await reaches(255, viewer)
        }

        @Test("What is wrong is said in the linter's words")
        func refused() async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan])
            try await server.create("cam")
            func answer(_ path: String, _ body: [String: Any]) async throws -> (status: Int, code: String?) {
                let answer = try await server.http.patch("/api/vp/instances/\(path)", body)
                return (answer.status, (answer.json["error"] as? [String: any Sendable])?["code"] as? String)
            }
            #expect(try await answer("cam/stages/cut", ["options": ["value": 256]]) == (422, "options_invalid"))
            #expect(try await answer("cam/stages/cut", ["value": 20]) == (422, "request_invalid"))
            #expect(try await answer("cam/stages/cut", ["options": ["value": [1]]]) == (422, "request_invalid"))
            #expect(try await answer("cam/stages/none", ["options": [:]]) == (404, "stage_unknown"))
            #expect(try await answer("none/stages/cut", ["options": [:]]) == (404, "instance_unknown"))
            let wrong = try await server.http.patch("/api/vp/instances/cam/stages/cut", ["options": ["value": 256]])
            #expect(wrong.text.contains("'value' is a whole number from 0 to 255"))
            #expect(wrong.text.contains("option_range"))
            #expect(
                try await server.http.get("/api/vp/instances/cam/stages/cut").json["stage"] as? String == "threshold")
            #expect(try await server.http.put("/api/vp/instances/cam/stages/cut", [:]).status == 405)
        }
    }
}
