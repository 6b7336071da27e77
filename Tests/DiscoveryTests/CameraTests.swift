import Foundation
import NIOCore
import Plans
import TestSupport
import Testing

@testable import Discovery

/// Each camera is a process of its own on the loopback address; nothing is sent anywhere else.
@Suite("Cameras that are asked", .serialized, .timeLimit(.minutes(3)))
struct CameraTests {
    static let policy = AddressPolicy(networks: Network("127.0.0.0/8").map { [$0] })

    static func loopback() throws -> NetworkInterface {
        NetworkInterface(name: "lo", address: try #require(NetworkAddress("127.0.0.1")))
    }

    static func ask(
        _ camera: ONVIFCamera, seconds: Int64 = 10, as credentials: CameraCredentials? = nil
    ) async throws -> NetworkCamera {
        let search = NetworkSearch(
            policy: policy, interfaces: [], limit: .seconds(seconds), credentials: { _ in credentials })
        let outcome = await search.ask(try #require(ServiceAddress(camera.address)))
        return try #require(outcome.cameras.first)
    }

    @Test("A camera tells what it is, and where its streams and pictures are")
    func sound() async throws {
        let camera = try await ONVIFCamera.start("sound", ["--clock", "-7200"])
        let found = try await Self.ask(camera)
        #expect(found.problem == nil)
        #expect(found.manufacturer == "Acme" && found.model == "Eye & Ear 2" && found.serial == "0815")
        #expect(abs((found.clockOffsetSeconds ?? 0) + 7200) < 5)
        #expect(found.profiles.map(\.token) == ["main", "sub"])
        let main = try #require(found.profiles.first)
        #expect(main.stream == "rtsp://127.0.0.1:8554/main" && main.snapshot == "http://\(camera.authority)/main.jpg")
        #expect(main.encoding == "H264" && main.width == 1920 && main.height == 1080 && main.fps == 25 && main.ptz)
    }

    @Test("A password is proved by the camera's own clock, and a wrong one is said")
    func password() async throws {
        let words = "p&ss <wörd>"
        let camera = try await ONVIFCamera.start(
            "sound", ["--user", "ad<min", "--password", words, "--clock", "3600"])
        let right = try await Self.ask(camera, as: CameraCredentials(user: "ad<min", password: words))
        #expect(right.problem == nil && right.profiles.count == 2, "\(camera.events)")
        let wrong = try await Self.ask(camera, as: CameraCredentials(user: "ad<min", password: "zebra"))
        #expect(wrong.problem?.kind == .unauthorized && wrong.profiles.isEmpty)
        #expect(!(wrong.problem?.message.contains("zebra") ?? true))
        let none = try await Self.ask(camera)
        #expect(none.problem?.kind == .unauthorized)
    }

    @Test("A camera that asks for its user by HTTP is answered by HTTP", arguments: ["qop", "old"])
    func digest(way: String) async throws {
        let camera = try await ONVIFCamera.start("sound", ["--user", "ad\"min", "--password", "p:ß", "--http", way])
        let right = try await Self.ask(camera, as: CameraCredentials(user: "ad\"min", password: "p:ß"))
        #expect(right.problem == nil && right.profiles.count == 2, "\(camera.events)")
        let wrong = try await Self.ask(camera, as: CameraCredentials(user: "ad\"min", password: "p"))
        #expect(wrong.problem?.kind == .unauthorized)
    }

    @Test(
        "What no camera should do is over in time, and said",
        arguments: [
            ("huge", CameraProblem.Kind.nonsense), ("laughs", .nonsense), ("entity", .nonsense), ("deep", .nonsense),
            ("wide", .nonsense), ("trickle", .timeout), ("silent", .timeout), ("garbage", .nonsense),
            ("no-http", .nonsense),
            ("hang-up", .unreachable), ("unauthorized", .unauthorized), ("unauthorized-http", .unauthorized),
            ("redirect", .notAllowed),
        ])
    func hostile(behaviour: String, kind: CameraProblem.Kind) async throws {
        let camera = try await ONVIFCamera.start(behaviour)
        let begin = ContinuousClock.now
        let found = try await Self.ask(camera, seconds: 2)
        #expect(ContinuousClock.now - begin < .seconds(8), "two seconds were allowed")
        #expect(found.problem?.kind == kind, "\(found)")
        #expect(found.profiles.allSatisfy { $0.stream == nil })
    }

    /// A service behind a router names what it believes to be; nobody else is asked in its place.
    @Test("Where a camera sends to, nobody goes", arguments: ["redirect", "foreign-media", "foreign-stream"])
    func elsewhere(behaviour: String) async throws {
        let trap = try await ONVIFCamera.start("sound", ["--host", "127.0.0.2"])
        let camera = try await ONVIFCamera.start(behaviour, ["--to", trap.address])
        let found = try await Self.ask(camera)
        #expect(trap.events("ask") == [])
        #expect(found.profiles.count == (behaviour == "redirect" ? 0 : 2))
        // A stream of this machine's API, or of the metadata service, is named to nobody.
        if behaviour == "foreign-stream" {
            let other = try await ONVIFCamera.start(behaviour, ["--to", "rtsp://169.254.169.254/latest"])
            let profiles = try await Self.ask(other).profiles
            #expect(profiles.count == 2)
            #expect(profiles.allSatisfy { $0.stream == nil && $0.problem?.kind == .notAllowed })
        }
    }

    @Test("Where no camera may be, none is asked")
    func policy() async throws {
        let camera = try await ONVIFCamera.start()
        let search = NetworkSearch(policy: AddressPolicy(), interfaces: [])
        let outcome = await search.ask(try #require(ServiceAddress(camera.address)))
        #expect(outcome.cameras.first?.problem?.kind == .notAllowed)
        await #expect(throws: CameraProblem.self) {
            _ = try await CameraMotion.of(
                #require(ServiceAddress(camera.address)), credentials: nil, policy: AddressPolicy())
        }
        #expect(camera.events("ask") == [])
    }

    @Test("All who are there are found by the group, and each is asked at its own address")
    func group() async throws {
        let good = try await ONVIFCamera.start("escapes")
        let bad = try await ONVIFCamera.start("foreign-service")
        let denied = try await ONVIFCamera.start("sound", ["--user", "u", "--password", "p", "--host", "127.0.0.3"])
        let search = NetworkSearch(policy: Self.policy, interfaces: [try Self.loopback()], limit: .seconds(2))
        let outcome = await search.run()
        #expect(outcome.interfaces == ["lo"] && outcome.notes == [])
        let found = try #require(outcome.cameras.first { $0.address == good.address }, "\(outcome)")
        #expect(found.name == "[2J evil" && found.location == "yard" && found.interface == "lo")
        #expect(found.endpoint?.hasPrefix("urn:uuid:") == true && found.profiles.count == 2 && found.problem == nil)
        let foreign = try #require(outcome.cameras.first { $0.problem?.message.contains("169.254.169.254") == true })
        #expect(foreign.problem?.kind == .notAllowed && foreign.profiles.isEmpty)
        #expect(bad.events("ask") == [])
        #expect(outcome.cameras.first { $0.host == "127.0.0.3" }?.problem?.kind == .unauthorized, "\(denied.events)")
        // One who answers for thousands fills no list.
        let flood = try await ONVIFCamera.start("flood", ["--host", "127.0.0.4"])
        let crowded = await search.run()
        #expect(crowded.cameras.contains { $0.address == good.address })
        #expect(crowded.cameras.count { $0.host == "127.0.0.4" } <= NetworkSearch.highestCountOfOne)
        withExtendedLifetime(flood) {}
    }

    @Test("A camera is moved, stopped and sent to its presets")
    func motion() async throws {
        let camera = try await ONVIFCamera.start("sound", ["--user", "u", "--password", "p"])
        let address = try #require(ServiceAddress(camera.address))
        let motion = try await CameraMotion.of(
            address, credentials: CameraCredentials(user: "u", password: "p"), policy: Self.policy)
        try await motion.move(.init(pan: 0.5, tilt: -1), seconds: 1.5)
        try await motion.move(.init(zoom: -0.25), seconds: 2)
        try await motion.stop()
        #expect(try await motion.presets() == [.init(token: "1", name: "Gate"), .init(token: "2", name: "Garden")])
        try await motion.go(to: "2")
        #expect(
            camera.events.filter { ["move", "stop", "goto"].contains($0.prefix { $0 != " " }) }
                == ["move 0.5 -1.0 - PT1.5S main", "move - - -0.25 PT2.0S main", "stop main", "goto 2"])

        let still = try await ONVIFCamera.start("sound", ["--no-ptz"])
        let place = try #require(ServiceAddress(still.address))
        await #expect(throws: CameraProblem(.refused, "it cannot be moved: it names no PTZ service")) {
            _ = try await CameraMotion.of(place, credentials: nil, policy: Self.policy)
        }
    }
}
