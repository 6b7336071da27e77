import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Room for everybody", .timeLimit(.minutes(2)))
struct AdmissionTests {
    @Test("limits are those that there are descriptors for, and some are kept for requests")
    func fitting() {
        let asked = AdmissionLimits()
        #expect(asked.fitting(descriptors: 1 << 20) == asked)
        let few = asked.fitting(descriptors: 1024)
        #expect(few.connections == 768)
        #expect(few.viewers == 640)
        #expect(asked.fitting(descriptors: 10).connections == 16)
        #expect(AdmissionLimits(connections: 100, viewers: 3).fitting(descriptors: 4096).viewers == 3)
    }

    @Test("counts come back to nothing, whoever comes and goes in whichever order")
    func counts() {
        var generator = SeededGenerator.announced()
        let admission = Admission(AdmissionLimits(connections: 40, viewers: 20, viewersPerAddress: 5))
        let addresses = [nil, "10.0.0.1", "10.0.0.2"]
        var places: [(place: Admission.Place, address: String?, isViewer: Bool)] = []
        for _ in 0..<5000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let address = addresses.randomElement(using: &generator) ?? nil
                if let place = admission.enter(from: address) { places.append((place, address, false)) }
            case 1 where !places.isEmpty:
                let index = Int.random(in: places.indices, using: &generator)
                places[index].isViewer = admission.watch(&places[index].place)
            case 2 where !places.isEmpty:
                admission.leave(places.remove(at: Int.random(in: places.indices, using: &generator)).place)
            case 3 where !places.isEmpty:
                let index = Int.random(in: places.indices, using: &generator)
                let address = addresses.randomElement(using: &generator) ?? nil
                let moves = admission.move(&places[index].place, to: address)
                if moves, !places[index].isViewer { places[index].address = address }
            default: break
            }
            #expect(admission.connections == places.count)
            #expect(admission.viewers == places.count { $0.isViewer })
            #expect(places.count <= 40)
            #expect(admission.viewers <= 20)
            for address in ["10.0.0.1", "10.0.0.2"] {
                #expect(places.count { $0.address == address && $0.isViewer } <= 5)
            }
        }
        for place in places { admission.leave(place.place) }
        #expect(admission.connections == 0)
        #expect(admission.viewers == 0)
    }

    @Test("at an address's limit the one that has waited longest for its next request gives way, and only such a one")
    func givingWay() throws {
        let admission = Admission(AdmissionLimits(requestsPerAddress: 3))
        let told = Mutex<[Int]>([])
        func rest(_ place: Admission.Place, _ number: Int) {
            admission.rest(place) { told.withLock { $0.append(number) } }
        }
        let first = try #require(admission.enter(from: "10.0.0.1"))
        let second = try #require(admission.enter(from: "10.0.0.1"))
        let third = try #require(admission.enter(from: "10.0.0.1"))
        #expect(admission.enter(from: "10.0.0.1") == nil, "nobody waits")
        rest(second, 2)
        rest(first, 1)
        rest(third, 3)
        admission.resume(second)
        #expect(admission.enter(from: "10.0.0.2") != nil, "another address")
        let fourth = try #require(admission.enter(from: "10.0.0.1"))
        #expect(told.withLock(\.self) == [1])
        // It answers one more request before it goes, and then waits no longer.
        rest(first, 1)
        var fifth = try #require(admission.enter(from: "10.0.0.1"))
        #expect(told.withLock(\.self) == [1, 3])
        #expect(admission.enter(from: "10.0.0.1") == nil)
        admission.leave(first)
        admission.leave(third)
        #expect(admission.enter(from: "10.0.0.1") == nil, "their places are taken already")
        let isViewer = admission.watch(&fifth)
        #expect(isViewer)
        let sixth = try #require(admission.enter(from: "10.0.0.1"))
        for place in [second, fourth, fifth, sixth] { admission.leave(place) }
        #expect(admission.connections == 1)
    }

    @Test(
        "a browser more behind one address takes the place of a connection that waits, and is refused where none does")
    func browsersOfOneAddress() async throws {
        try await RunningTestServer.run {
            $0.admission = Admission(AdmissionLimits(requestsPerAddress: 2))
            $0.peer = { _ in "10.0.0.1" }
        } _: { server in
            let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            func isAnswered(_ bytes: [UInt8]) -> Bool { String(decoding: bytes, as: UTF8.self).hasSuffix("\"ok\"}") }
            var waiting: [RawConnection] = []
            for _ in 0..<2 {
                let connection = try await RawConnection.open(port: server.port)
                try await connection.write(request)
                _ = try await connection.read(until: isAnswered)
                waiting.append(connection)
            }
            let third = try await RawConnection.open(port: server.port)
            try await third.write(request)
            #expect(try HTTPAnswer(await third.read(until: isAnswered)).status == 200)
            #expect(try await waiting[0].read() == [], "the one that had waited longest is closed")
            // Those that stay are waiting for an answer, and whoever comes now has to go, whatever it sends.
            let feed = server.addTaps("live")[0]
            for connection in [waiting[1], third] {
                try await connection.write(
                    "GET \(PictureTests.frame)?wait=next&timeout=20 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            }
            try await eventually { feed.state.withLock { $0.waiters.count } == 2 }
            let fourth = try await RawConnection.open(port: server.port)
            // It may have its answer before all that it sends has left.
            try? await fourth.write(request + String(repeating: "x", count: 100_000))
            let refusal = try HTTPAnswer(await fourth.read())
            #expect(refusal.status == 503)
            #expect(try refusal.errorCode() == "too_many_connections")
            feed.publish(TestFrames.frame(1))
            for connection in [waiting[1], third] {
                let answer = try await connection.read { $0.suffix(2) == [0xFF, 0xD9] }
                #expect(try HTTPAnswer(answer).body == TestFrames.jpeg(1))
                await connection.close()
            }
            try await eventually { server.parts.admission.connections == 0 }
        }
    }

    @Test(
        "an address is counted as whose it is",
        arguments: [
            ("127.0.0.1", nil), ("127.8.0.1", nil), ("::1", nil), ("::ffff:127.0.0.1", nil), ("10.1.2.3", "10.1.2.3"),
            ("::ffff:10.1.2.3", "10.1.2.3"), ("2001:db8:1:2::5", "20:1:d:b8:0:1:0:2"),
            ("2001:db8:1:2:ffff::9", "20:1:d:b8:0:1:0:2"),
            ("fe80::1", "fe:80:0:0:0:0:0:0:0:0:0:0:0:0:0:1"), ("fd12::7", "fd:12:0:0:0:0:0:0:0:0:0:0:0:0:0:7"),
        ] as [(String, String?)])
    func peers(address: String, peer: String?) throws {
        #expect(try SocketAddress(ipAddress: address, port: 1).peer == peer)
    }

    @Test("one viewer too many gets 503 before the upgrade, and requests still get through")
    func viewers() async throws {
        try await RunningTestServer.run {
            $0.admission = Admission(AdmissionLimits(connections: 20, viewers: 2))
        } _: { server in
            let feed = server.addTaps("live")[0]
            let first = try await WebSocketClient.connect(port: server.port, path: "/ws/vp/tap/cam/live")
            let second = try await RawConnection.open(port: server.port)
            try await second.write(
                "GET /api/vp/taps/cam/live/stream.mjpeg HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
            try await eventually { feed.metrics.viewers == 2 }
            let third = try await RawConnection.open(port: server.port)
            try await third.write(SocketRulesTests.upgrade(port: server.port))
            let refused = try HTTPAnswer(await third.read())
            #expect(refused.status == 503)
            #expect(try refused.errorCode() == "too_many_viewers")
            #expect(refused.headers["retry-after"] != nil)
            let stream = try await server.get("/api/vp/taps/cam/live/stream.mjpeg")
            #expect(stream.status == 503)
            #expect(try stream.errorCode() == "too_many_viewers")
            #expect(try await server.get("/healthz").status == 200)
            try await first.close()
            await second.close()
            try await eventually { server.parts.admission.viewers == 0 }
            let again = try await WebSocketClient.connect(port: server.port, path: "/ws/vp/tap/cam/live")
            try await eventually { feed.metrics.viewers == 1 }
            try await again.close()
        }
    }

    @Test("a client that closes its side of the connection still gets its stream")
    func halfClosed() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            let connection = try await RawConnection.open(port: server.port)
            try await connection.write(
                "GET /api/vp/taps/cam/live/stream.mjpeg HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
            try await eventually { feed.metrics.viewers == 1 }
            try await connection.channel.close(mode: .output)
            for number in 1...3 {
                feed.publish(TestFrames.frame(number))
                let part = try await connection.read { Data($0).range(of: Data(TestFrames.jpeg(number))) != nil }
                #expect(Data(part).range(of: Data(TestFrames.jpeg(number))) != nil)
            }
            await connection.close()
            try await eventually {
                // What is sent to nobody comes back as an error.
                feed.publish(TestFrames.frame(Int(feed.metrics.frameCount) + 1))
                return feed.metrics.viewers == 0
            }
        }
    }

    @Test("a thousand who come and go leave nothing behind")
    func storm() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live")[0]
            func descriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            let path = "/ws/vp/tap/cam/live?format=binary"
            let warm = try await WebSocketClient.connect(port: server.port, path: path)
            try await warm.close()
            try await eventually { server.parts.admission.connections == 0 }
            let before = try descriptors()
            for round in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for index in 0..<50 {
                        tasks.addTask {
                            if index.isMultiple(of: 3) {
                                let connection = try await RawConnection.open(port: server.port)
                                try await connection.write(index.isMultiple(of: 2) ? "GET / HT" : "")
                                await connection.close()
                            } else {
                                try await WebSocketClient.connect(port: server.port, path: path).close()
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                feed.publish(TestFrames.frame(round + 1))
            }
            try await eventually { server.parts.admission.connections == 0 && feed.metrics.viewers == 0 }
            // Others of this process's tests open and close some, too.
            try await eventually { try descriptors() < before + 100 }
        }
    }
}
