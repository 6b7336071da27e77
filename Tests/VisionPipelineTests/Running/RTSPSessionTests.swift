import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What goes on between a plan's source and RTSP servers of all kinds: programs of their own.
@Suite(.timeLimit(.minutes(2)))
struct RTSPSessionTests {
    private static let decoding = "rtph264depay ! h264parse ! avdec_h264"

    private func run(
        _ camera: ScriptedCamera, address: String? = nil, chain: String = decoding, id: Int,
        rules: SourceRules = SourceRules()
    ) throws -> Run {
        let text = "rtspsrc name=cam location=\"\(address ?? camera.address)\" latency=50 ! \(chain) ! probe id=\(id)"
        return try Run(Plan(parsing: text).reachingCameras, rules: rules)
    }

    // MARK: Kept alive

    struct Asked: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var behaviour = "sound"
        var options: [String] = []
        var isTold = KeepAlive.parameter
        var method: String
        var finds: KeepAlive
    }

    @Test(
        "A session over TCP that the server ends when nobody asks for anything goes on, without a gap",
        arguments: [
            Asked(testDescription: "as usual", method: "GET_PARAMETER", finds: .parameter),
            Asked(
                testDescription: "not implemented", behaviour: "refuse", options: ["--status", "501 Not Implemented"],
                method: "OPTIONS", finds: .options),
            Asked(
                testDescription: "not supported", behaviour: "refuse",
                options: ["--status", "551 Option not supported"],
                method: "OPTIONS", finds: .options),
            Asked(
                testDescription: "not understood", behaviour: "refuse",
                options: ["--status", "451 Parameter Not Understood"], method: "GET_PARAMETER", finds: .parameter),
            Asked(
                testDescription: "not among what it takes",
                options: ["--public", "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"], method: "OPTIONS", finds: .options),
            Asked(
                testDescription: "does not say what it takes", options: ["--public", ""], method: "OPTIONS",
                finds: .options),
            Asked(
                testDescription: "known to take OPTIONS only", behaviour: "refuse", options: ["--status", "close"],
                isTold: .options, method: "OPTIONS", finds: .options),
        ])
    func keptAlive(_ asked: Asked) async throws {
        let camera = try await ScriptedCamera.start(asked.behaviour, ["--timeout", "4"] + asked.options)
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let rules = SourceRules(experience: SourceExperience(keepAlive: ["cam": asked.isTold]))
        let run = try run(camera, id: id, rules: rules)
        try await eventually("8 s of it") { log.count > 200 }
        #expect(run.ending == nil && camera.sessions == 1)
        #expect(!camera.events.contains { $0.hasPrefix("expired") || $0.hasPrefix("closed") })
        let asked2 = camera.requests(asked.method)
        #expect(asked2.count >= 3 && !asked2.contains { $0.contains("body=") }, "\(asked2)")
        #expect(run.runner.keepAlive == ["cam": asked.finds])
        let times = log.frames.map(\.time)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? .max) < 1_000_000_000)
        try await run.stop()
    }

    @Test(
        "What a server does not bear is found out, so that the next attempt does not ask for it",
        arguments: [("close", KeepAlive.parameter, KeepAlive.options), ("ignore", .parameter, .options)])
    func notBorne(_ status: String, _ told: KeepAlive, _ finds: KeepAlive) async throws {
        let camera = try await ScriptedCamera.start("refuse", ["--status", status, "--timeout", "3"])
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        let run = try run(camera, id: id)
        let ending = try await run.end()
        #expect(ending.reason == .disconnected, "\(ending)")
        #expect(run.runner.keepAlive == ["cam": finds])
        #expect(camera.requests("GET_PARAMETER").count == 1)
    }

    @Test("A server that lets sessions be is not asked more than twice a minute")
    func seldom() async throws {
        let camera = try await ScriptedCamera.start("sound")
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let run = try run(camera, id: id)
        try await eventually { log.count > 100 }
        #expect(camera.requests("GET_PARAMETER").isEmpty)
        try await run.stop()
    }

    // MARK: Sent on

    @Test("A camera that sends its clients in a circle is given up after a few rounds")
    func circle() async throws {
        let camera = try await ScriptedCamera.start("redirect")
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        let ending = try await run(camera, id: id).end()
        #expect(ending.reason == .cameraError && ending.message.contains("without end"), "\(ending)")
        #expect(camera.requests("DESCRIBE").count == 6)
    }

    @Test("Where a camera sends its clients is asked about before anybody goes there")
    func sentOn() async throws {
        let target = try await ScriptedCamera.start("sound")
        let camera = try await ScriptedCamera.start("redirect", ["--to", target.address])
        defer {
            target.process.kill()
            camera.process.kill()
        }
        let (id, log) = Recorder.newLog()
        var rules = SourceRules()
        rules.redirect = CameraAddresses(rule: CameraRule(policy: AddressPolicy())).redirect
        let refused = try await run(camera, id: id, rules: rules).end()
        #expect(refused.message.contains("where no camera may be"), "\(refused)")
        #expect(target.events.count == 1, "\(target.events)")
        let followed = try run(camera, id: id)
        try await eventually { log.count > 10 }
        #expect(target.sessions == 1)
        try await followed.stop()
    }

    @Test("Of two hosts the one that the plan names is told the password, and not the one that it sends its clients to")
    func passwordIsKept() async throws {
        let options = ["--auth", "basic", "--user", "me", "--password", "s3cr3t"]
        for (host, isTold) in [("127.0.0.2", false), ("127.0.0.1", true)] {
            let target = try await ScriptedCamera.start("sound", options + ["--host", host])
            let camera = try await ScriptedCamera.start("redirect", options + ["--to", target.address])
            defer {
                target.process.kill()
                camera.process.kill()
            }
            let (id, log) = Recorder.newLog()
            let run = try run(camera, address: camera.address.replacing("://", with: "://me:s3cr3t@"), id: id)
            try await eventually { log.count > 3 || run.ending != nil }
            #expect(camera.requests("DESCRIBE").contains { $0.contains("authorized") })
            #expect(target.requests("DESCRIBE").contains { $0.contains("authorized") } == isTold, "\(target.events)")
            if isTold {
                try await run.stop()
            } else {
                #expect(run.ending?.reason == .unauthorized)
                #expect(run.ending?.message.contains("another host") == true, "\(String(describing: run.ending))")
            }
        }
    }

    @Test(
        "Names of one host",
        arguments: [
            ("rtsp://a/x", "rtsp://A:554/y", true), ("rtsp://10.0.0.5/x", "rtsp://a/", true),
            ("rtsp://a./", "rtsp://a/", true), ("rtsp://b/", "rtsp://a/", false),
            ("rtsp://b@a/", "rtsp://a/", true), ("rtsp://a@b/", "rtsp://a/", false),
            ("rtsp://a/", "rtsps://a/", false), ("rtsps://a/", "rtsp://a/", true), ("http://a/", "https://a/", false),
            ("rtsp://[fd00::5]:1/", "rtsp://a/", true), ("rtsp://unknown/", "rtsp://a/", false),
            ("nothing", "rtsp://a/", false),
        ])
    func sameHost(_ address: String, _ own: String, _ isSame: Bool) {
        var rules = SourceRules()
        rules.addresses = { name in
            switch name {
            case "a": ["10.0.0.5", "fd00::5"]
            case "10.0.0.5", "fd00::5": [name]
            case "b": ["10.0.0.5", "10.0.0.6"]
            default: []
            }
        }
        #expect(rules.isSameHost(address, own) == isSame)
    }

    @Test(
        "Nor elsewhere than to a camera",
        arguments: [
            "http://127.0.0.1:1/", "rtsp-sdp://v=0", "file:///etc/passwd", "rtsp://169.254.169.254/latest/meta-data",
        ])
    func elsewhere(_ address: String) async throws {
        let camera = try await ScriptedCamera.start("redirect", ["--to", address])
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        var rules = SourceRules()
        rules.redirect = CameraAddresses(rule: CameraRule(policy: AddressPolicy())).redirect
        let ending = try await run(camera, id: id, rules: rules).end()
        #expect(ending.reason == .cameraError && ending.message.contains("sends its clients to"), "\(ending)")
        #expect(camera.requests("DESCRIBE").count == 1)
    }

    @Test(
        "Addresses that two parsers read differently are no way out",
        arguments: [
            "rtsp://10.0.0.5:80@169.254.169.254/", "rtsp://10.0.0.5:1#@169.254.169.254/",
            "rtsp://10.0.0.5\\@127.0.0.1/",
            "rtsp://10.0.0.5 @127.0.0.1/", "rtsp://[::ffff:127.0.0.1]/", "rtsp://2130706433/", "rtsp://127.1/",
            "rtsp://localhost/",
        ])
    func ambiguous(_ address: String) {
        guard case .refuse = CameraAddresses(rule: CameraRule(policy: AddressPolicy())).redirect(address) else {
            Issue.record("\(address) is followed")
            return
        }
    }

    // MARK: One stream of many

    @Test(
        "Of what a camera describes only what the plan takes is asked for",
        arguments: [
            ("companions", decoding, "track2"),
            ("companions", "application/x-rtp,media=video,encoding-name=H264 ! \(decoding)", "track2"),
            ("companions", "application/x-rtp,media=video ! decodebin", "track2"), ("many-media", decoding, "track49"),
        ])
    func oneOfMany(_ behaviour: String, _ chain: String, _ track: String) async throws {
        let camera = try await ScriptedCamera.start(behaviour)
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let run = try run(camera, chain: chain, id: id)
        try await eventually { log.count > 20 }
        let asked = camera.requests("SETUP")
        #expect(asked.count == 1 && asked[0].hasSuffix(track), "\(asked)")
        try await run.stop()
    }

    @Test("What nothing in the plan takes is named")
    func nothingTaken() async throws {
        let camera = try await ScriptedCamera.start("companions")
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        let ending = try await run(camera, chain: "rtph265depay ! h265parse ! avdec_h265", id: id).end()
        #expect(ending.reason == .unsupportedFormat && ending.message.contains("H264"), "\(ending)")
        #expect(camera.requests("SETUP").isEmpty)
    }

    // MARK: Passwords and addresses

    @Test(
        "Any password opens the camera, typed into the address encoded or not",
        arguments: ["basic", "md5"], ["s3cr3t", "p@ss:w/o?r#d", "100%", "a b&c=d", "%41", "ä€😀", "\"quoted\\\""])
    func passwords(_ way: String, _ password: String) async throws {
        let camera = try await ScriptedCamera.start("sound", ["--auth", way, "--user", "me", "--password", password])
        defer { camera.process.kill() }
        let encoded = password.utf8.map { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + String(Int(byte) + 256, radix: 16).dropFirst()
        }.joined()
        // Raw, a slash behind an @ begins the path, and %41 is an A.
        let typed = password.contains("@") || password == "%41" ? [encoded] : [encoded, password]
        for words in typed {
            let (id, log) = Recorder.newLog()
            let plan = try Plan(
                parsing:
                    "---\nparameters: {camera: {type: string}}\n---\nrtspsrc location=${camera} ! \(Self.decoding) ! probe id=\(id)"
            )
            let address = camera.address.replacing("://", with: "://me:\(words)@")
            let run = try Run(plan, parameters: ["camera": .string(address)], reachesCameras: true)
            try await eventually("pictures with \(words)") { log.count > 3 || run.ending != nil }
            #expect(run.ending == nil, "\(words): \(String(describing: run.ending))")
            try await run.stop()
        }
        #expect(!camera.events.contains { $0.contains("me:") })
    }

    @Test("One that takes passwords by SHA-256 only says so, over TLS as well", arguments: [[], ["--tls"]])
    func unknownWay(_ options: [String]) async throws {
        let camera = try await ScriptedCamera.start(
            "sound", ["--auth", "sha256", "--user", "me", "--password", "x"] + options)
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        let plan =
            "rtspsrc location=\(camera.address) user-id=me user-pw=x tls-validation-flags=0 ! \(Self.decoding) ! probe id=\(id)"
        let ending = try await Run(Plan(parsing: plan).reachingCameras).end()
        #expect(ending.reason == .authenticationUnsupported && ending.message.contains("SHA-256"), "\(ending)")
    }

    @Test("An address may hold a query, a blank and IPv6")
    func address() async throws {
        let camera = try await ScriptedCamera.start("sound", ["--host", "::1"])
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let run = try run(camera, address: camera.address + "/Front door?channel=1&subtype=0", id: id)
        try await eventually { log.count > 3 }
        #expect(camera.requests("DESCRIBE").first?.hasSuffix("/main/Front%20door?channel=1&subtype=0") == true)
        try await run.stop()
    }

    @Test("One that sends over UDP only is shown where the plan says so, and the reason says what to write")
    func overUDP() async throws {
        let camera = try await RTSPCamera.start(width: 160, height: 120, isUDPOnly: true)
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let chain = "\(Self.decoding) ! probe id=\(id)"
        let refused = try await Run(Plan(parsing: "rtspsrc location=\(camera.address) ! \(chain)").reachingCameras)
            .end()
        #expect(refused.reason == .unsupportedFormat && refused.message.contains("protocols=udp"), "\(refused)")
        let run = try Run(
            Plan(parsing: "rtspsrc location=\(camera.address) protocols=udp ! \(chain)").reachingCameras)
        try await eventually { log.count > 10 }
        try await run.stop()
    }

    // MARK: Those that never answer

    @Test("A camera that takes connections and never answers is given up after 5 s", arguments: ["silent"])
    func silent(_ behaviour: String) async throws {
        let camera = try await ScriptedCamera.start(behaviour)
        defer { camera.process.kill() }
        let (id, _) = Recorder.newLog()
        let start = ContinuousClock.now
        let run = try run(camera, id: id)
        let ending = try await run.end()
        #expect(ending.reason == .unreachable, "\(ending)")
        let taken = (run.ended ?? .now) - start
        #expect(taken > .seconds(4) && taken < .seconds(15), "\(taken)")
    }
}
