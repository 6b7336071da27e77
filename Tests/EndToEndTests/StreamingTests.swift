import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A camera's pictures reach viewers")
    struct StreamingTests {
        @Test("A real RTSP camera's pictures arrive as JPEGs of the right size, over all ways")
        func realCamera() async throws {
            let camera = try await RTSPCamera.start(pattern: "smpte", width: 640, height: 360)
            let server = try await StreamTapProcess.start(["run", "rtsp-h264", "camera=\(camera.address)"])
            let viewer = try await server.watch("rtsp-h264", "live")
            for _ in 0..<5 {
                let picture = try JPEGPicture(decoding: try await viewer.picture(within: .seconds(20)))
                #expect(picture.width == 640 && picture.height == 360)
            }
            try await server.reaches("running", "rtsp-h264")
            let small = try await server.watch("rtsp-h264", "live", "?format=binary&width=160")
            let picture = try JPEGPicture(decoding: try await small.picture())
            #expect(picture.width == 160 && picture.height == 90)

            let grey = try await server.snapshot("rtsp-h264", "grey")
            #expect(grey.width == 640 && grey.height == 360)
            let pixel = grey[40, 20]
            #expect(abs(Int(pixel.red) - Int(pixel.blue)) <= 2, "a grey picture has no colour")
            let colour = try await server.snapshot("rtsp-h264", "live")
            let yellow = colour[140, 100]
            #expect(yellow.red > 150 && yellow.green > 150 && yellow.blue < 90, "the second bar is yellow: \(yellow)")
        }

        @Test("The JSON form, field by field")
        func jsonForm() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "grey", "")
            let text = try await viewer.next("a frame") { event in
                if case .text(let text) = event, text.contains(#""type":"frame""#) { text } else { nil }
            }
            let message = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: any Sendable])
            #expect(message["type"] as? String == "frame")
            #expect(message["tap_id"] as? String == "grey")
            #expect(message["instance_id"] as? String == "cam")
            let data = try #require((message["data"] as? String).flatMap { Data(base64Encoded: $0) })
            let picture = try JPEGPicture(decoding: data)
            #expect(picture.width == 320 && picture.height == 180)

            let metrics = try #require(message["metrics"] as? [String: any Sendable])
            #expect(metrics["tap_id"] as? String == "grey")
            #expect(metrics["attach_point"] as? String == "gray")
            #expect(try #require(metrics["frame_count"] as? Int) >= 1)
            #expect(metrics["has_frame"] as? Bool == true)
            #expect(try #require(metrics["uptime_seconds"] as? Double) > 0)
            #expect(metrics["fps"] is Double)
        }

        @Test("An instance and its taps, field by field")
        func instanceAndTaps() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            let answer = try await server.http.post("/api/vp/instances", ["plan": "cam", "id": "yard"])
            #expect(answer.status == 201)
            #expect(answer.json["id"] as? String == "yard")
            let viewer = try await server.watch("yard", "colour")
            _ = try await viewer.picture()
            let instance = try await server.reaches("running", "yard")
            #expect(instance["plan"] as? String == "cam")
            #expect(instance["parameters"] is [String: any Sendable])
            #expect((instance["since"] as? String)?.hasSuffix("Z") == true)
            #expect(instance["restarts"] as? Int == 0)
            #expect(instance["taps"] as? [String] == ["colour", "grey"])
            try await eventually("the rate is known") {
                let fps = try await server.instance("yard")["fps"] as? Double ?? 0
                return fps > 10 && fps < 60
            }
            #expect(try #require(try await server.instance("yard")["last_frame_age_ms"] as? Int) < 2_000)

            let taps = try await server.http.get("/api/vp/taps/yard").json
            let tap = try #require((taps["taps"] as? [String: any Sendable])?["colour"] as? [String: any Sendable])
            #expect(tap["tap_id"] as? String == "colour")
            #expect(tap["attach_point"] as? String == "source")
            #expect(tap["viewers"] as? Int == 1)
            #expect(tap["width"] as? Int == 320 && tap["height"] as? Int == 180)
            #expect(try #require(tap["encoded"] as? Int) >= 1)
            #expect(tap["dropped"] is Int && tap["skipped"] is Int)
            let all = try await server.http.get("/api/vp/taps").json["instances"] as? [String: any Sendable]
            #expect(all?.keys.sorted() == ["yard"])
        }

        @Test("A tap that nobody watches is not encoded")
        func nobodyWatches() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            try await eventually("frames pass the tap") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                let tap = taps?["grey"] as? [String: any Sendable]
                guard (tap?["frame_count"] as? Int ?? 0) > 10 else { return false }
                #expect(tap?["encoded"] as? Int == 0)
                return true
            }
        }

        @Test("Python's websockets is a viewer like any other")
        func ordinaryClient() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/ordinary-viewer.py").path()
            let address = "ws://127.0.0.1:\(server.http.port)/ws/vp/tap/cam/colour"
            let client = try ChildProcess("/usr/bin/python3", [script, address, "10"])
            #expect(try await client.ended() == .status(0), "\(client.output)")
            #expect(client.output.contains("10 JPEGs and 1 JSON frame"))
        }

        @Test("ffprobe plays the MJPEG stream")
        func motionJPEG() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let probe = try ChildProcess(
                "/usr/bin/ffprobe",
                [
                    "-v", "error", "-f", "mpjpeg", "-read_intervals", "%+#3", "-show_entries",
                    "frame=width,height", "-of", "csv=p=0",
                    "http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/colour/stream.mjpeg",
                ])
            _ = try await probe.line(containing: "320,180")
        }

        @Test("Three viewers, one of whom does not read: the others miss nothing")
        func stalledViewer() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.heavy])
            try await server.create("cam")
            let stalled = try await server.watch("cam", "snow")
            _ = try await stalled.picture()
            try await stalled.setReading(false)
            let viewers = [try await server.watch("cam", "snow"), try await server.watch("cam", "snow")]
            for viewer in viewers {
                _ = try await viewer.picture()
                for _ in 0..<40 { #expect(try await viewer.picture(within: .seconds(5)).starts(with: [0xff, 0xd8])) }
            }
            try await eventually("what the stalled viewer misses is counted") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return ((taps?["snow"] as? [String: any Sendable])?["skipped"] as? Int ?? 0) > 0
            }
            try await stalled.setReading(true)
            _ = try await stalled.picture()
        }

        @Test("From asking for an instance to its first picture at a viewer")
        func timeToFirstPicture() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            var times: [Duration] = []
            for round in 0..<7 {
                let start = ContinuousClock.now
                let id = try await server.create("cam", id: "cam-\(round)")
                let viewer = try await server.watch(id, "colour")
                _ = try await viewer.picture()
                times.append(.now - start)
                try await server.remove(id)
            }
            let median = times.sorted()[times.count / 2]
            print("first picture after \(times.map { "\($0)" }.joined(separator: ", ")); median \(median)")
            // The promise; a debug build on a quiet machine takes a tenth of it.
            #expect(median < .seconds(0.5))
        }
    }
}
