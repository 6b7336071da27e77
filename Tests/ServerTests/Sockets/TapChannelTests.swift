import NIOCore
import NIOEmbedded
import Testing
import WorkerLink

@testable import Server

@Suite("A channel of a socket of many taps")
struct TapChannelTests {
    private final class Socket: TapChannelSocket {
        let seesAll = true
        let output = DirectOutput(unsent: UnsentMessages(limit: 1 << 20))
        var log: [String] = []
        func listen() { log.append("listen") }
        func beWoken() { log.append("be woken") }
        func say(_ notice: TapChannelNotice) {}
        func forget(_ channel: TapChannel) {}
        func codingChanged(_ channel: TapChannel) {}
    }

    @Test("it awaits an acknowledgement from when its window is full until one comes, or nobody looks any more")
    func awaiting() throws {
        let socket = Socket()
        let connection = EmbeddedChannel(handler: socket.output)
        try connection.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let feed = TestFrames.feed()
        let channel = TapChannel(number: 1, instance: "cam", tap: "live", socket: socket)
        let loop = connection.embeddedEventLoop
        try channel.watch(feed, try StreamOptions(query: []), on: loop)
        func publish(_ number: Int) {
            feed.publish(TestFrames.frame(number, captured: MonotonicClock.now() + Int64(number) * 1_000_000_000))
            loop.run()
        }
        publish(1)
        #expect(!channel.isAwaiting)
        publish(2)
        #expect(channel.isAwaiting)
        publish(3)
        #expect(socket.log.suffix(2) == ["listen", "be woken"])
        #expect(channel.isAwaiting)
        channel.acknowledge(1, ArrivalTime(at: MonotonicClock.now()))
        // The third has taken its place.
        #expect(channel.isAwaiting)
        channel.acknowledge(3, ArrivalTime(at: MonotonicClock.now()))
        #expect(!channel.isAwaiting)
        publish(4)
        publish(5)
        publish(6)
        channel.leave(on: loop)
        #expect(!channel.isAwaiting)
        channel.close(on: loop)
        _ = try connection.finish()
    }
}
