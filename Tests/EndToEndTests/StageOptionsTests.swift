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

        @Test("A stage that fails loses its frames, is counted, and the instance goes on")
        func failing() async throws {
            let plan = """
                videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
                  ! blur name=soft ! crop name=outside x=500 ! streamtap name=never
                soft. ! streamtap name=view

                """
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            try await eventually("failures are counted") {
                let stages = try await server.instance("cam")["stages"] as? [[String: any Sendable]] ?? []
                let (soft, outside) = (stages.first, stages.last)
                guard let failed = outside?["failed"] as? Int, failed > 10 else { return false }
                #expect(soft?["failed"] as? Int == 0)
                let (p50, p99) = (soft?["p50_us"] as? Double ?? 0, soft?["p99_us"] as? Double ?? 0)
                #expect(p50 > 0 && p99 >= p50)
                return true
            }
            #expect(try await server.instance("cam")["state"] as? String == "running")
            #expect(try await server.instance("cam")["restarts"] as? Int == 0)
            let metrics = try await server.http.get("/metrics").text
            #expect(metrics.contains("streamtap_stage_failed_frames_total{instance=\"cam\",stage=\"outside\"}"))
        }

        @Test("Two workers share the work of one slow stage")
        func workers() async throws {
            // Tags of every kind, looked for at full size in noise: far slower than the source.
            let plan = """
                videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=1280,height=720,framerate=60/1
                  ! apriltag name=tags workers=2 decimate=1 ! streamtap name=view

                """
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let worker = try #require(server.workers.first)
            // Processor time of each of its threads by name, clock ticks (proc(5)).
            func times() throws -> [String: Int] {
                let tasks = "/proc/\(worker)/task"
                var times: [String: Int] = [:]
                for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
                    guard let line = try? String(contentsOfFile: "\(tasks)/\(task)/stat", encoding: .utf8),
                        let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")")
                    else { continue }
                    let fields = line[close...].split(separator: " ")
                    times[String(line[line.index(after: open)..<close])] = Int(fields[12])
                }
                return times
            }
            try await eventually("both have worked", within: .seconds(30)) {
                let times = try times()
                return (times["0-tags"] ?? 0) > 5 && (times["1-tags"] ?? 0) > 5
            }
            #expect(try await server.instance("cam")["state"] as? String == "running")
            let stage = try await server.http.get("/api/vp/instances/cam/stages/tags").json
            #expect((stage["options"] as? [String: any Sendable])?["workers"] as? Int == 2)
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
