import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("A viewer that does not read", .timeLimit(.minutes(2)))
struct SlowViewerTests {
    private static func run(
        isSecure: Bool, configure: (inout ServerParts) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningTestServer) async throws -> Void
    ) async throws {
        try await RunningTestServer.run(
            certificate: isSecure ? try await .forTests() : nil, configure: configure, body)
    }

    @Test(
        "delays nobody, costs two frames of memory, has its skips counted, gets the newest when it wakes; over TLS, too",
        arguments: [false, true])
    func stalled(isSecure: Bool) async throws {
        try await Self.run(isSecure: isSecure) { server in
            let feed = server.addTaps("live")[0]
            let path = "/ws/vp/tap/cam/live?format=binary"
            let stalled = try await WebSocketClient.connect(
                port: server.port, path: path, receiveBuffer: 4096, isSecure: isSecure)
            let good = try await WebSocketClient.connect(port: server.port, path: path, isSecure: isSecure)
            try await eventually { feed.metrics.viewers == 2 }
            try await stalled.setReading(false)
            // 60 frames of 256 KiB are more than any socket buffer takes.
            let count = 60
            var alive: [WeakFrame] = []
            for number in 1...count {
                feed.publish(TestFrames.frame(number, size: 256 << 10))
                alive.append(WeakFrame(feed.state.withLock { $0.kept[.asIs] }))
                let bytes = try await good.nextBinary()
                #expect(TestFrames.number(in: bytes) == number)
            }
            #expect(feed.metrics.skipped > 0)
            // The newest is kept for others and is the one that waits; besides, one may be on its way.
            try await eventually { [alive] in alive.count { $0.frame != nil } <= 2 }
            try await stalled.setReading(true)
            var numbers: [Int] = []
            while numbers.last != count {
                let bytes = try await stalled.nextBinary()
                numbers.append(try #require(TestFrames.number(in: bytes)))
            }
            #expect(numbers == numbers.sorted())
            #expect(numbers.count + Int(feed.metrics.skipped) == count)
        }
    }

    @Test("is closed once its socket has taken nothing for the time allowed; over TLS, too", arguments: [false, true])
    func closed(isSecure: Bool) async throws {
        try await Self.run(
            isSecure: isSecure, configure: { $0.httpLimits.writeTimeout = .milliseconds(200) }
        ) { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(
                port: server.port, path: "/ws/vp/tap/cam/live?format=binary", receiveBuffer: 4096, isSecure: isSecure)
            try await eventually { feed.metrics.viewers == 1 }
            try await client.setReading(false)
            for number in 1...40 { feed.publish(TestFrames.frame(number, size: 256 << 10)) }
            try await eventually { feed.metrics.viewers == 0 }
            try? await client.close()
        }
    }

    private struct WeakFrame: Sendable {
        weak let frame: SharedFrame?
        init(_ frame: SharedFrame?) { self.frame = frame }
    }
}
