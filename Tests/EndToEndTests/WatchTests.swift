import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What becomes of the server reaches those who watch it, without their asking.
    @Suite("State is pushed", .timeLimit(.minutes(3)))
    struct WatchTests {
        private static let film = """
            videotestsrc num-buffers=15 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
              ! grayscale name=gray ! streamtap name=view

            """

        private typealias Message = [String: any Sendable]

        private static func watch(_ server: StreamTapProcess) async throws -> (WebSocketClient, snapshot: Message) {
            let socket = try await WebSocketClient.connect(port: server.http.port, path: "/ws/vp")
            try await socket.send(#"{"type":"watch"}"#)
            let snapshot = try await socket.nextJSON()
            #expect(snapshot["type"] as? String == "snapshot")
            return (socket, snapshot)
        }

        /// The next message of which that is true, with those before it.
        private static func messages(
            _ socket: WebSocketClient, until isLast: (Message) -> Bool
        ) async throws -> [Message] {
            var messages: [Message] = []
            while messages.last.map({ !isLast($0) }) ?? true { messages.append(try await socket.nextJSON()) }
            return messages
        }

        private static func state(_ message: Message) -> String? {
            (message["instance"] as? Message)?["state"] as? String
        }

        @Test("an instance's life, from its creation to its end, with the same words as GET")
        func life() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live, "other": TestPlans.pattern])
            let (socket, snapshot) = try await Self.watch(server)
            #expect((snapshot["instances"] as? [Message])?.isEmpty == true)
            try await server.create("cam")
            let beginning = try await Self.messages(socket) { Self.state($0) == "running" }
            #expect(beginning.allSatisfy { $0["type"] as? String == "changed" })
            let running = try await Self.messages(socket) {
                ((($0["taps"] as? Message)?["grey"] as? Message)?["fps"] as? Double ?? 0) > 20
            }
            let last = try #require(running.last)
            let instance = try #require(last["instance"] as? Message)
            let asked = try await server.instance("cam")
            #expect(Set(instance.keys) == Set(asked.keys))
            #expect(instance["id"] as? String == "cam")
            let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: Message]
            let pushed = last["taps"] as? [String: Message]
            #expect(taps?.mapValues { Set($0.keys) } == pushed?.mapValues { Set($0.keys) })
            let numbers = (beginning + running).compactMap { $0["seq"] as? Int }
            let first = (snapshot["seq"] as? Int ?? 0) + 1
            #expect(numbers == Array(first..<(first + numbers.count)))

            // One who comes later finds it in the snapshot.
            let (other, later) = try await Self.watch(server)
            #expect((later["instances"] as? [Message])?.map { $0["id"] as? String } == ["cam"])
            #expect(((later["taps"] as? Message)?["cam"] as? Message)?.keys.sorted() == ["colour", "grey"])

            // A viewer is news.
            let viewer = try await server.watch("cam", "colour")
            _ = try await viewer.picture()
            _ = try await Self.messages(socket) {
                ((($0["taps"] as? Message)?["colour"] as? Message)?["viewers"] as? Int) == 1
            }

            let worker = try #require(server.workers.first)
            kill(worker, SIGKILL)
            let trouble = try await Self.messages(socket) { Self.state($0) == "retrying" }
            #expect((trouble.last?["instance"] as? Message)?["reason"] as? String == "worker_crashed")
            _ = try await Self.messages(socket) { Self.state($0) == "running" }

            // Another plan under the same name is no removal.
            _ = try await server.http.put("/api/vp/instances/cam", ["plan": "other"])
            _ = try await Self.messages(socket) { ($0["instance"] as? Message)?["plan"] as? String == "other" }
            _ = try await Self.messages(socket) { Self.state($0) == "running" }
            try await server.remove("cam")
            let end = try await Self.messages(socket) { $0["type"] as? String == "removed" }
            #expect(end.last?["id"] as? String == "cam")
            #expect(end.dropLast().allSatisfy { $0["type"] as? String == "changed" })
            #expect(end.contains { Self.state($0) == "stopping" })

            try await socket.send(#"{"type":"watch"}"#)
            try await socket.send(#"{"type":"unwatch"}"#)
            try await socket.send(#"{"type":"nonsense"}"#)
            _ = try await Self.messages(socket) { $0["type"] as? String == "error" }
            try await server.create("cam")
            _ = try await Self.messages(other) { Self.state($0) == "running" }
            #expect(socket.drain().isEmpty)
            try await socket.send(#"{"type":"ping"}"#)
            #expect(try await Self.messages(socket) { $0["type"] as? String == "pong" }.count == 1)
        }

        @Test("numbers come at most four times a second, and what does not change costs nothing")
        func rate() async throws {
            let plans = try TemporaryDirectory()
            try plans.write(TestPlans.live, to: "cam.plan")
            try plans.write(Self.film, to: "film.plan")
            let server = try await StreamTapProcess.start(plans: plans.path)
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let (socket, _) = try await Self.watch(server)
            _ = try await socket.nextJSON()
            let clock = ContinuousClock()
            let start = clock.now
            for _ in 0..<20 { #expect(try await Self.state(socket.nextJSON()) == "running") }
            // A message may have been on its way when the clock was started.
            #expect(clock.now - start > .seconds(4.5))
            try await server.remove("cam")

            try await server.create("film")
            try await server.reaches("completed", "film")
            // A new file among the plans is news after a second or so: between two of them nothing else is.
            var number = 0
            var isQuiet = false
            while !isQuiet {
                number += 1
                try #require(number < 30)
                try plans.write(Self.film, to: "more-\(number).plan")
                let messages = try await Self.messages(socket) { $0["type"] as? String == "plans_changed" }
                isQuiet = messages.count == 1
            }
        }

        @Test("what is found is told at each frame without a picture being made")
        func detections() async throws {
            let plan = """
                videotestsrc is-live=true pattern=ball
                  ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
                  ! motion name=moving threshold=40 ! streamtap name=view width=80

                """
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam")
            let one = try await server.watch("cam", "view", "?format=detections")
            let many = try await WebSocketClient.connect(port: server.http.port, path: "/ws/vp")
            try await many.send(
                #"{"type":"subscribe","channel":9,"instance_id":"cam","tap_id":"view","format":"detections"}"#)
            for socket in [one, many] {
                var boxes: [[Double]] = []
                var last = 0
                while boxes.count < 10 {
                    let message = try await socket.nextJSON()
                    guard message["type"] as? String == "detections" else { continue }
                    #expect(message["width"] as? Int == 160 && message["height"] as? Int == 120)
                    let sequence = message["seq"] as? Int ?? 0
                    #expect(sequence > last)
                    last = sequence
                    let found = message["detections"] as? [Message] ?? []
                    boxes += found.compactMap { $0["box"] as? [Double] }
                }
                #expect(boxes.contains { $0[0] + $0[2] > 80 }, "in the tap's own pixels: \(boxes)")
            }
            let tap = try await eventually("the counts have come, too") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: Message]
                let counts = taps?["view"]?["detection_counts"] as? Message
                return counts?["frames_with_detections"] as? Int ?? 0 >= 10 ? taps?["view"] : nil
            }
            #expect(tap["encoded"] as? Int == 0)
            #expect(tap["viewers"] as? Int == 2)
            try await server.remove("cam")
            #expect(try await one.closeCode() == 1000)
        }

        @Test("the same as server-sent events, for curl", .enabled(if: access("/usr/bin/curl", X_OK) == 0))
        func eventStream() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            let address = "http://127.0.0.1:\(server.http.port)/api/vp/events"
            for version in ["--http1.1", "--http1.0"] {
                let curl = try ChildProcess(
                    "/usr/bin/curl", ["-sS", "-N", "-i", version, "-H", "Accept: text/event-stream", address])
                _ = try await curl.line(containing: "text/event-stream", within: .seconds(20))
                _ = try await curl.line(containing: "event: snapshot", within: .seconds(20))
                try await server.create("cam")
                _ = try await curl.line(containing: "event: changed", within: .seconds(20))
                let data = try await curl.line(containing: "data: {\"type\":\"changed\"", within: .seconds(20))
                let number = try #require(data.firstMatch(of: /"seq":(\d+)/)).1
                #expect(curl.output.contains("event: changed\nid: \(number)\ndata: "))
                try await server.remove("cam")
                _ = try await curl.line(containing: "event: removed", within: .seconds(20))
                curl.kill()
            }
            let past = try await server.http.get("/api/vp/events", headers: ["Accept": "application/json"])
            #expect(past.status == 200 && past.json["events"] is [any Sendable])
            let refused = try await server.http.get("/api/vp/events", headers: ["Accept": "text/html"])
            #expect(refused.status == 406)
            #expect((refused.json["error"] as? [String: any Sendable])?["code"] as? String == "not_acceptable")
            try await eventually("nobody watches") {
                try await server.http.get("/metrics").text.contains("streamtap_watchers 0\n")
            }
        }
    }
}
