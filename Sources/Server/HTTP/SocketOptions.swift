import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// What an accepted connection is set to.
enum SocketOptions {
    /// Bytes that the kernel may hold unsent. Its default swallows 4 MB of stale pictures for a viewer that stalls.
    private static let notSentLowWater = 128 << 10

    static func apply(to channel: any Channel, isUnix: Bool) throws {
        guard let options = channel.syncOptions else { return }
        // Writable means that nothing waits: a viewer never has more than one picture on its way and one in hand.
        try options.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
        // The kernel keeps 200 kB of a Unix socket, and knows when the other program is gone.
        if isUnix { return }
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        // A peer that is gone is noticed where nothing is sent, too.
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        #if os(Linux)
        for (name, value) in [(TCP_KEEPIDLE, 30), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3)] {
            let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(name)))
            try options.setOption(option, value: ChannelOptions.Types.SocketOption.Value(value))
        }
        let lowWater = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(TCP_NOTSENT_LOWAT)))
        try options.setOption(lowWater, value: notSentLowWater)
        #endif
    }
}
