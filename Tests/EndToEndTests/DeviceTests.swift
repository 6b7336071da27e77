import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Cameras that come and go at a machine of umockdev's making. What a real driver does, `make test-usb` shows.
    @Suite("Cameras at this machine", .timeLimit(.minutes(3)))
    struct DeviceTests {
        private typealias Message = [String: any Sendable]

        private static let plan = """
            ---
            parameters:
              device: {type: string, format: device, default: /dev/video0}
            ---
            v4l2src device=${device} ! video/x-raw,width=320,height=240 ! streamtap name=view

            """

        private static func server() async throws -> StreamTapProcess {
            let plans = try TemporaryDirectory()
            try plans.write(plan, to: "usb.plan")
            let mock = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/mock-cameras.py").path()
            let process = try ChildProcess(
                "/usr/bin/env",
                [
                    "umockdev-wrapper", "/usr/bin/python3", mock, StreamTapProcess.executable("streamtap"), "serve",
                    "--port", "0",
                ]
                    + ["--plans", plans.path, "--worker-sandbox", "off"],
                environment: StreamTapProcess.ownState())
            return try await StreamTapProcess(process)
        }

        private static func devices(_ server: StreamTapProcess) async throws -> [Message] {
            try await server.http.get("/api/vp/devices").json["devices"] as? [Message] ?? []
        }

        @Test(
            "are listed, told of when they change, and end the wait of an instance that names them, under another number too"
        )
        func life() async throws {
            let server = try await Self.server()
            #expect(try await Self.devices(server).isEmpty)
            let socket = try await WebSocketClient.connect(port: server.http.port, path: "/ws/vp")
            try await socket.send(#"{"type":"watch"}"#)
            #expect(try await socket.nextJSON()["type"] as? String == "snapshot")

            try await server.create("usb", id: "door", parameters: ["device": "usb:4A7B12"])
            let missing = try await server.reaches("retrying", "door")
            #expect(missing["reason"] as? String == "device_missing")
            #expect(missing["message"] as? String == "the camera usb:4A7B12 is not plugged in")
            // The waits have grown: nothing but a hint brings the next attempt soon.
            let waiting = try await eventually("long waits", within: .seconds(25)) {
                let instance = try await server.instance("door")
                return (instance["restarts"] as? Int ?? 0) >= 4 && instance["state"] as? String == "retrying"
                    ? instance : nil
            }
            let before = try #require(waiting["restarts"] as? Int)

            try server.process.write("plug front 4A7B12 7")
            try await eventually("another attempt", within: .seconds(3)) {
                (try await server.instance("door")["restarts"] as? Int ?? 0) > before
            }
            while try await socket.nextJSON()["type"] as? String != "devices_changed" {}
            let device = try #require(try await Self.devices(server).first)
            #expect(device["device"] as? String == "usb:4A7B12")
            #expect(device["path"] as? String == "/dev/video7")
            #expect(device["name"] as? String == "front cam")
            #expect(device["serial"] as? String == "4A7B12")
            #expect(device["by_id"] as? String == "/dev/v4l/by-id/usb-046d_front_4A7B12-video-index0")

            try server.process.write("unplug front")
            try await eventually("it is gone") { try await Self.devices(server).isEmpty }
            // The kernel says so before it is so: whoever looks at once finds it still there.
            try await eventually("both are told") {
                let log = try await server.http.get("/api/vp/events?limit=100").json["events"] as? [Message] ?? []
                let told = log.filter { ($0["kind"] as? String)?.hasPrefix("device_") == true }.map {
                    "\($0["kind"] ?? "") \($0["message"] ?? "")"
                }
                return Set(told) == [
                    "device_added front cam was plugged in (usb:4A7B12, /dev/video7)",
                    "device_removed front cam was unplugged (usb:4A7B12, /dev/video7)",
                ]
            }
        }

        @Test("The page offers them where a plan wants one", arguments: BrowserKind.installed)
        func page(_ kind: BrowserKind) async throws {
            let server = try await Self.server()
            try server.process.write("plug front 4A7B12 7")
            try await eventually("it is there") { try await !Self.devices(server).isEmpty }
            let profile = try TemporaryDirectory()
            let browser = try await kind.start(profile, Appearance())
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            let field = "document.getElementById('field-usb-device')"
            try await browser.wait(for: "the field", "\(field) !== null")
            try await browser.evaluate("\(field).dispatchEvent(new FocusEvent('focus'))")
            try await browser.wait(
                for: "the camera", "[...\(field).list.options].some(({ value }) => value === 'usb:4A7B12')")
            #expect(try await browser.evaluate("\(field).list.options[0].label") == "front cam, /dev/video7")
            #expect(await browser.problems == [])
        }

        @Test("A device that is none, an address that could be more, and a serial number that none has")
        func refusals() async throws {
            let server = try await Self.server()
            for address in ["/dev/sda", "usb:", "usb:a/../b", "usb:1 2"] {
                let answer = try await server.http.post(
                    "/api/vp/instances", ["plan": "usb", "parameters": ["device": address]])
                #expect(answer.status == 422 && answer.text.contains("usb:SERIAL"), "\(address): \(answer.text)")
            }
        }

        @Test("The command lists them, for people and for programs")
        func command() async throws {
            let process = try ChildProcess(StreamTapProcess.executable("streamtap"), ["devices", "--json"])
            #expect(try await process.ended() == .status(0))
            let list = try JSONSerialization.jsonObject(with: Data(process.output.utf8)) as? [String: Any]
            #expect(list?["devices"] is [Any])
            let people = try ChildProcess(StreamTapProcess.executable("streamtap"), ["devices"])
            #expect(try await people.ended() == .status(0))
            #expect(!people.output.isEmpty)
        }
    }
}
