import Foundation
import Glibc
import NIOWebSocket
import TestSupport
import Testing

extension EndToEnd {
    /// What `/metrics` says of viewers is what viewers got.
    @Suite("Every picture is delivered or counted", .enabled(if: access("/usr/bin/curl", X_OK) == 0))
    struct DeliveryTests {
        /// One who counts pictures, and can look away.
        private protocol Viewer: Sendable {
            func look(_ isLooking: Bool) async throws
            /// Pictures until the end.
            func pictures() async throws -> Int
        }

        private struct SocketViewer: Viewer {
            let socket: WebSocketClient
            let counting: Task<Int, any Error>

            init(_ socket: WebSocketClient) {
                self.socket = socket
                counting = Task {
                    var count = 0
                    while true {
                        switch try await socket.next(within: .seconds(90)) {
                        case .binary(let bytes):
                            count += 1
                            // A JPEG, or a picture on a channel, which is acknowledged.
                            if bytes.first == 1 { try await socket.send(.binary, [1, 0, 1, 0] + bytes[16..<24]) }
                        case .text(let text) where text.contains(#""type":"frame""#): count += 1
                        case .closed: return count
                        default: break
                        }
                    }
                }
            }

            func look(_ isLooking: Bool) async throws { try await socket.setReading(isLooking) }
            func pictures() async throws -> Int { try await counting.value }

            /// A socket of channels stays when they end. What was sent before comes before the answer to this.
            func leave() async throws { try await socket.send(.connectionClose, [0x03, 0xE8]) }
        }

        private struct StreamViewer: Viewer {
            let curl: ChildProcess
            let file: String

            func look(_ isLooking: Bool) { curl.signal(isLooking ? SIGCONT : SIGSTOP) }
            func pictures() async throws -> Int {
                try await curl.ended(within: .seconds(60))
                let data = try Data(contentsOf: URL(filePath: file))
                let mark = Data("X-Timestamp: ".utf8)
                var (times, place) = (Set<Data>(), data.startIndex)
                while let found = data.range(of: mark, in: place..<data.endIndex) {
                    // While no new one comes, the last picture is sent once more each second: it is the same picture.
                    times.insert(data[found.upperBound...].prefix { $0 != 0x0D })
                    place = found.upperBound
                }
                return times.count
            }
        }

        private static let perKind = 5
        private static let plan = """
            videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=15/1
              ! streamtap name=live

            """

        private static func viewers(_ server: StreamTapProcess) async throws -> [String: [any Viewer]] {
            let files = try TemporaryDirectory()
            var viewers: [String: [any Viewer]] = [:]
            for number in 0..<perKind {
                for (kind, path) in [("json", "/ws/vp/tap/cam/live"), ("binary", "/ws/vp/tap/cam/live?format=binary")] {
                    let socket = try await WebSocketClient.connect(
                        port: server.http.port, path: path, receiveBuffer: 16384)
                    viewers[kind, default: []].append(SocketViewer(socket))
                }
                let socket = try await WebSocketClient.connect(
                    port: server.http.port, path: "/ws/vp", receiveBuffer: 16384)
                try await socket.send(#"{"type":"subscribe","channel":1,"instance_id":"cam","tap_id":"live"}"#)
                viewers["channel", default: []].append(SocketViewer(socket))
                let file = "\(files.path)/\(number).mjpeg"
                let curl = try ChildProcess(
                    "/usr/bin/curl",
                    ["-sSN", "-o", file, "http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/live/stream.mjpeg"])
                viewers["mjpeg", default: []].append(StreamViewer(curl: curl, file: file))
            }
            return viewers
        }

        /// A counter of `/metrics`, 0 where it has no row yet.
        private static func counter(_ metrics: String, _ name: String, _ labels: String) -> Int {
            let row = metrics.split(separator: "\n").first {
                $0.hasPrefix("streamtap_\(name){instance=\"cam\",tap=\"live\",\(labels)}")
            }
            return row?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }

        @Test("twenty viewers of all kinds, some of whom look away", .timeLimit(.minutes(3)))
        func sum() async throws {
            let server = try await StreamTapProcess.serving(["away": TestPlans.camera, "cam": Self.plan])
            // Nobody has come late: the viewers are there before the first picture.
            let away: [String: Any] = ["plan": "away", "parameters": ["camera": "rtsp://127.0.0.1:1/none"]]
            try await server.create("away", id: "cam", parameters: ["camera": "rtsp://127.0.0.1:1/none"])
            let viewers = try await Self.viewers(server)
            try await eventually("all are there") {
                try await server.http.get("/metrics").text.contains(
                    "streamtap_tap_viewers{instance=\"cam\",tap=\"live\"} 20\n")
            }
            _ = try await server.http.put("/api/vp/instances/cam", ["plan": "cam"])
            try await server.reaches("running", "cam")
            let slow = viewers.values.flatMap { $0.prefix(2) }
            for viewer in slow { try await viewer.look(false) }
            try await eventually("some of each kind miss pictures", within: .seconds(30)) {
                let metrics = try await server.http.get("/metrics").text
                return viewers.keys.allSatisfy {
                    Self.counter(metrics, "viewer_skipped_pictures_total", "kind=\"\($0)\"") >= 4
                }
            }
            for viewer in slow { try await viewer.look(true) }
            _ = try await server.http.put("/api/vp/instances/cam", away)
            try await server.reaches("retrying", "cam")

            // What was under way arrives; then the sums hold to the last picture.
            var metrics = ""
            func sums(_ kind: String) -> (sent: Int, skipped: Int, ages: Int) {
                (
                    Self.counter(metrics, "viewer_sent_pictures_total", "kind=\"\(kind)\""),
                    Self.counter(metrics, "viewer_skipped_pictures_total", "kind=\"\(kind)\""),
                    Self.counter(metrics, "viewer_age_seconds_count", "kind=\"\(kind)\"")
                )
            }
            var pictures: Int { Self.counter(metrics, "tap_pictures_total", "variant=\"as-is\"") }
            try await eventually(
                "sent + skipped = pictures × viewers", within: .seconds(20),
                evidence: { "\(pictures) pictures, \(viewers.keys.sorted().map { "\($0): \(sums($0))" })" }
            ) {
                metrics = try await server.http.get("/metrics").text
                return viewers.keys.allSatisfy { sums($0).sent + sums($0).skipped == pictures * Self.perKind }
            }
            #expect(pictures > 10)
            #expect(Self.counter(metrics, "tap_encode_seconds_count", "variant=\"as-is\"") == pictures)

            try await server.remove("cam")
            for viewer in viewers["channel"] ?? [] { try await (viewer as? SocketViewer)?.leave() }
            for (kind, viewers) in viewers {
                var received = 0
                for viewer in viewers { received += try await viewer.pictures() }
                #expect(received == sums(kind).sent, "\(kind)")
                #expect(sums(kind).ages == sums(kind).sent, "\(kind)")
            }
        }
    }
}
