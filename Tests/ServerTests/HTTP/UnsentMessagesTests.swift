import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Messages that sockets have not taken", .timeLimit(.minutes(2)))
struct UnsentMessagesTests {
    @Test("viewers who are slow at the same message hold it once; beyond the limit the one who waited longest goes")
    func limit() {
        let unsent = UnsentMessages(limit: 1000)
        let outputs = (0..<4).map { _ in DirectOutput(unsent: unsent) }
        let closed = Atomic<Int>(0)
        let shared = ByteBuffer(repeating: 1, count: 512)
        for output in outputs {
            var rest = shared
            rest.moveReaderIndex(forwardBy: 100)
            unsent.hold(rest, by: output, close: { closed.wrappingAdd(1, ordering: .relaxed) })
        }
        #expect(unsent.bytes == shared.storageCapacity)
        #expect(closed.load(ordering: .relaxed) == 0)
        unsent.hold(
            ByteBuffer(repeating: 2, count: 512), by: outputs[3], close: { closed.wrappingAdd(1, ordering: .relaxed) })
        // Three hold the old one: all of them must go before its memory does.
        #expect(closed.load(ordering: .relaxed) == 3)
        #expect(unsent.bytes == 512)
        for output in outputs { unsent.release(output) }
        #expect(unsent.bytes == 0)
    }

    @Test("what was encrypted for one viewer counts for each")
    func encrypted() {
        let unsent = UnsentMessages(limit: 1000)
        let outputs = (0..<3).map { _ in DirectOutput(unsent: unsent, isEncrypted: true) }
        let closed = Atomic<Int>(0)
        for output in outputs { unsent.hold(bytes: 400, by: output) { closed.wrappingAdd(1, ordering: .relaxed) } }
        #expect(closed.load(ordering: .relaxed) == 1, "the one who waited longest")
        #expect(unsent.bytes == 800)
        unsent.hold(bytes: 500, by: outputs[2]) { closed.wrappingAdd(1, ordering: .relaxed) }
        #expect(unsent.bytes == 900)
        for output in outputs { unsent.release(output) }
        #expect(unsent.bytes == 0)
    }

    @Test("a viewer who takes a byte now and then is closed when a picture takes too long")
    func trickle() async throws {
        try await RunningTestServer.run {
            $0.httpLimits.writeTimeout = .milliseconds(400)
        } _: { server in
            let feed = server.addTaps("live")[0]
            let client = try await WebSocketClient.connect(
                port: server.port, path: "/ws/vp/tap/cam/live?format=binary", receiveBuffer: 4096)
            try await eventually { feed.metrics.viewers == 1 }
            for number in 1...4 { feed.publish(TestFrames.frame(number, size: 8 << 20)) }
            // Some bytes, again and again: before, each bought more time.
            try await eventually {
                try? await client.setReading(true)
                try? await client.setReading(false)
                return feed.metrics.viewers == 0
            }
            try? await client.close()
        }
    }
}
