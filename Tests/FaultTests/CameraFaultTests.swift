import Foundation
import Glibc
import TestSupport
import Testing

/// Cameras that are away, freeze, refuse, or are others than they were. Each has its number among the forty cases.
@Suite("Cameras at fault", .timeLimit(.minutes(4)))
struct CameraFaultTests {
    static func camera(_ port: Int = 0, _ codec: RTSPCamera.Codec = .h264) async throws -> RTSPCamera {
        try await RTSPCamera.start(port: port, codec: codec, width: 160, height: 120, fps: 10, gop: 10)
    }

    @Test("1: nothing listens where it ought to be")
    func refused() async throws {
        let port = try ReservedPort()
        let scene = try await Scene("refused")
        let fault = Fault(
            number: "1", injected: "nothing listens at its port, then it is switched on", reasons: ["refused"],
            seenWithin: 1, overWithin: 2)
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": "rtsp://127.0.0.1:\(port.number)/main"])
        } mend: { _ in
            // Each wait is longer than the one before.
            var waits: [Int: Double] = [:]
            try await eventually("it has been tried three times", within: .seconds(30), every: .milliseconds(50)) {
                let instance = try await scene.instance
                guard instance["state"] as? String == "retrying", let tries = instance["restarts"] as? Int,
                    let since = Scene.time(instance["since"])
                else { return false }
                waits[tries] = Scene.time(instance["next_retry_at"])?.timeIntervalSince(since)
                #expect((instance["message"] as? String)?.isEmpty == false)
                return tries >= 2
            }
            #expect((waits[2] ?? 0) > 1, "\(waits)")
            scene.keep(try await Self.camera(port.number))
        }
        try await scene.remove()
    }

    @Test("3: it takes connections and never answers")
    func silent() async throws {
        let port = try ReservedPort()
        let camera = try await ScriptedCamera.start("silent", ["--port", "\(port.number)"])
        let scene = try await Scene("silent")
        let fault = Fault(
            number: "3", injected: "it accepts, and never answers", reasons: ["unreachable"], seenWithin: 5,
            overWithin: 2)
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        } mend: { _ in
            camera.process.kill()
            try await camera.process.ended()
            scene.keep(try await ScriptedCamera.start("sound", ["--port", "\(port.number)", "--size", "160x120"]))
        }
        try await scene.remove()
    }

    @Test("4: it is killed and started anew")
    func killed() async throws {
        let port = try ReservedPort()
        let camera = try await Self.camera(port.number)
        let scene = try await Scene("killed")
        try await scene.show(camera.address)
        let fault = Fault(
            number: "4", injected: "it is killed (kill -9), then started anew",
            reasons: ["disconnected", "refused", "camera_error"], seenWithin: 0.2, overWithin: 2)
        try await scene.suffer(fault) {
            camera.process.kill()
        } mend: { _ in
            try await camera.process.ended()
            scene.keep(try await Self.camera(camera.port))
        }
        try await scene.remove()
    }

    @Test("5: it freezes, and goes on")
    func frozen() async throws {
        let camera = try await Self.camera()
        defer { camera.process.signal(SIGCONT) }
        let scene = try await Scene("frozen")
        try await scene.show(camera.address)
        let fault = Fault(
            number: "5", injected: "it freezes (kill -STOP), is begun anew, then goes on", state: "stalled",
            reasons: ["no_frames"], seenWithin: 3, overWithin: 3)
        try await scene.suffer(fault) {
            camera.process.signal(SIGSTOP)
        } mend: { seen in
            let tried = try await scene.event("is tried again", from: seen.at, within: 30) { $0.state == "retrying" }
            #expect(tried.at.timeIntervalSince(seen.at) < Form.slack(3))
            if Form.isLong { try await Task.sleep(for: .seconds(20)) }
            camera.process.signal(SIGCONT)
        }
        try await eventually("one session", within: .seconds(30), evidence: { camera.process.output }) {
            camera.connections == 1
        }
        try await scene.remove()
    }

    @Test("8: it sends no picture any more, and answers all the same")
    func valve() async throws {
        let camera = try await ScriptedCamera.start("valve", ["--after", "60", "--size", "160x120"])
        let scene = try await Scene("valve")
        try await scene.show(camera.address)
        let fault = Fault(
            number: "8", injected: "it sends no picture any more, but answers and reports", state: "stalled",
            reasons: ["no_frames"], seenWithin: 3, overWithin: 6)
        try await scene.suffer(fault, from: try await camera.moment("picture 1 60"))
        try await scene.remove()
    }

    @Test("9: it refuses the password")
    func unauthorized() async throws {
        let plan = TestPlans.camera
            .replacing("format: uri}", with: "format: uri}\n  pin: {type: string, format: secret}")
            .replacing("latency=50", with: "latency=50 user-id=me user-pw=${pin}")
        let camera = try await RTSPCamera.start(
            width: 160, height: 120, fps: 10, gop: 10, credentials: ("me", "s3cr3t-right"))
        let scene = try await Scene("unauthorized")
        let fault = Fault(
            number: "9", injected: "the password is wrong, then the right one is given", reasons: ["unauthorized"],
            seenWithin: 1, overWithin: 2)
        try await scene.suffer(fault) {
            try await scene.play(plan, ["camera": camera.address, "pin": "s3cr3t-wrong"])
        } mend: { _ in
            let wait = try await scene.wait(at: Date())
            #expect(wait > 20, "an account is locked where it is asked too often: \(wait)")
            try await scene.play(plan, ["camera": camera.address, "pin": "s3cr3t-right"])
        } note: { _ in
            "; next try after 30 s"
        }
        var told = [scene.server.process.output]
        for path in ["instances/\(scene.id)", "events?instance=\(scene.id)", "taps/\(scene.id)", "plans/\(scene.id)"] {
            told.append(try await scene.server.http.get("/api/vp/\(path)").text)
        }
        told.append(try await scene.server.http.get("/metrics").text)
        #expect(!told.contains { $0.contains("s3cr3t") })
        try await scene.remove()
    }

    @Test("10: it does not know the path")
    func unknownPath() async throws {
        let camera = try await Self.camera()
        let scene = try await Scene("path")
        let fault = Fault(
            number: "10", injected: "the path is unknown, then the right one is given", reasons: ["not_found"],
            seenWithin: 1, overWithin: 2)
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": camera.address + "-of-nobody"])
        } mend: { _ in
            #expect(try await scene.wait(at: Date()) > 20)
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        } note: { _ in
            "; next try after 30 s"
        }
        try await scene.remove()
    }

    @Test("11: it turns to another size")
    func size() async throws {
        let camera = try await RTSPCamera.start(
            width: 160, height: 120, fps: 10, gop: 10, secondSize: (width: 320, height: 180, each: 4))
        let scene = try await Scene("size")
        try await scene.show(camera.address)
        let viewer = try await scene.server.watch(scene.id, "live")
        let turned = try await camera.process.moment("size 320x180")
        var now = Date()
        repeat {
            let picture = try JPEGPicture(decoding: try await viewer.picture())
            now = Date()
            if picture.width == 320, picture.height == 180 { break }
        } while now.timeIntervalSince(turned) < 20
        let after = now.timeIntervalSince(turned)
        #expect(after < Form.slack(1))
        #expect(try await scene.restarts == 0)
        try await FaultTable.shared.add(
            .init(
                number: "11", injected: "it turns from 160×120 to 320×180 without a word",
                seen: "\(after.asSeconds) (≤ 1)",
                over: "at once", outcome: "running, in the same session"))
        try await scene.remove()
    }

    @Test("12: it comes back with another coding")
    func coding() async throws {
        let port = try ReservedPort()
        let camera = try await Self.camera(port.number)
        let scene = try await Scene("coding")
        try await scene.show(camera.address)
        let fault = Fault(
            number: "12", injected: "it comes back with JPEG instead of H.264, then with H.264",
            reasons: ["unsupported_format"], overWithin: 2)
        var other = camera
        try await scene.suffer(fault) {
            camera.process.kill()
            try await camera.process.ended()
            other = try await Self.camera(camera.port, .mjpeg)
        } mend: { seen in
            #expect(seen.message.contains("JPEG"), "\(seen)")
            other.process.kill()
            try await other.process.ended()
            scene.keep(try await Self.camera(camera.port))
        }
        try await scene.remove()
    }

    @Test("13: it ends its stream; so does a film")
    func ended() async throws {
        let camera = try await ScriptedCamera.start("hang-up", ["--after", "60", "--size", "160x120"])
        let scene = try await Scene("ended")
        try await scene.show(camera.address)
        let fault = Fault(
            number: "13", injected: "it hangs up", reasons: ["disconnected"], seenWithin: 0.2, overWithin: 2)
        try await scene.suffer(fault, from: try await camera.moment("picture 1 60"))
        try await scene.remove()

        let film = try await Scene("film")
        let start = Date()
        try await film.play(TestPlans.film)
        let seen = try await film.event("ends", from: start, within: 30) { $0.state == "completed" }
        #expect(try await film.restarts == 0)
        try await FaultTable.shared.add(
            .init(
                number: "13b", injected: "a film of half a second ends",
                seen: seen.at.timeIntervalSince(start).asSeconds + " after its start",
                over: "not begun anew", outcome: "completed, \(seen.reason ?? "")"))
        try await film.remove()
    }

    @Test("14: its clock jumps by an hour", arguments: [3600, -3600])
    func jump(by seconds: Int) async throws {
        let camera = try await ScriptedCamera.start(
            "jump", ["--after", "60", "--jump", "\(seconds)", "--size", "160x120"])
        let scene = try await Scene(seconds > 0 ? "jump-ahead" : "jump-back")
        try await scene.show(camera.address)
        let viewer = try await scene.server.watch(scene.id, "live")
        let start = try await camera.moment("picture 1 60")
        // Pictures of the next seconds, and how far they are apart at most.
        var (last, longest, count) = (start, 0.0, 0)
        _ = viewer.drain()
        while last.timeIntervalSince(start) < 4 {
            _ = try await viewer.picture()
            let now = Date()
            longest = max(longest, now.timeIntervalSince(last))
            (last, count) = (now, count + 1)
        }
        #expect(longest < Form.slack(1) && count > 10, "\(longest), \(count)")
        let instance = try await scene.instance
        #expect(instance["restarts"] as? Int == 0 && instance["state"] as? String == "running", "\(instance)")
        #expect((instance["last_frame_age_ms"] as? Int ?? .max) < 5000, "\(instance)")
        try await FaultTable.shared.add(
            .init(
                number: seconds > 0 ? "14" : "14b",
                injected: "its clock jumps by an hour, \(seconds > 0 ? "ahead" : "back")", seen: "no stall",
                over: "pictures at most \(longest.asSeconds) apart (≤ 1)", outcome: "running"))
        try await scene.remove()
    }

    @Test("15: bytes of what it sends are others", arguments: Form.isLong ? [1e-5, 1e-4, 5e-4, 1e-3, 1e-2] : [5e-4])
    func corrupt(share: Double) async throws {
        let count = Form.number(100, long: 500)
        let camera = try await ScriptedCamera.start(
            "corrupt", ["--corrupt", "\(share)", "--after", "\(count)", "--size", "320x240"])
        let scene = try await Scene("corrupt-\(Int(share * 1e6))")
        try await scene.show(camera.address)
        _ = try await camera.moment("picture 1 20")
        let before = try await scene.frames
        let end = try await camera.moment("picture 1 \(20 + count)", within: .seconds(60))
        let came = try await scene.frames - before
        let errors = try await scene.source["decode_errors"] as? Int ?? 0
        let whole = try await scene.frames
        try await eventually("sound ones again", within: .seconds(30), every: .milliseconds(50)) {
            try await scene.frames > whole + 20
        }
        let over = Date().timeIntervalSince(end)
        #expect(try await scene.restarts == 0)
        // Of a hundredth of its bytes every picture has some; and in the short form much happens at once.
        let least = share > 1e-3 ? 50 : 90
        #expect(came * 100 > count * (Form.isLong ? least : 50), "\(came) of \(count)")
        let name = share == 5e-4 ? "15" : "15 \(share)"
        try await FaultTable.shared.add(
            .init(
                number: name, injected: "\(share) of the bytes of \(count) pictures are others",
                seen: "\(errors) pictures counted as damaged: the decoder tells of no others",
                over: "twenty sound ones after \(over.asSeconds)",
                outcome: "running; \(min(100, came * 100 / count)) % of the pictures came (≥ \(least))"))
        try await scene.remove()
    }

    @Test("17: the USB device is not there")
    func device() async throws {
        let scene = try await Scene("device")
        let start = Date()
        try await scene.play("v4l2src device=/dev/video63 ! streamtap name=live\n")
        let seen = try await scene.event("says so", from: start, within: 30) { $0.reason == "device_missing" }
        try await FaultTable.shared.add(
            .init(
                number: "17", injected: "its USB device is not there", seen: seen.at.timeIntervalSince(start).asSeconds,
                over: "`make test-usb`: unplugged, plugged in again", outcome: "\(seen.state), \(seen.reason ?? "")"))
        try await scene.remove()
    }
}
