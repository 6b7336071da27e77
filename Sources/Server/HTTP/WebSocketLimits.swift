import NIOCore

/// How much a client may send and how long it may be silent.
struct WebSocketLimits: Sendable {
    /// Largest message from a client, bytes.
    var messageBytes = 16 << 10
    var fragments = 16
    /// Proxies take a connection for dead on which nothing goes, some of them after five seconds.
    var pingInterval = TimeAmount.seconds(4)
    /// Of so many such times one has its ping though other messages were sent: they tell nothing of the peer.
    var pingsWhileSending = 3
    /// A peer that has not even answered pings for this long is gone.
    var silence = TimeAmount.seconds(25)
    /// How long a peer may take to answer a close frame.
    var closeTimeout = TimeAmount.seconds(2)
}

/// Frames a client may send: a burst, and so many a second after it.
struct FrameBudget {
    private let burst: Double
    private let perSecond: Double
    private var left: Double
    private var last: Int64?

    init(burst: Double = 64, perSecond: Double = 20) {
        self.burst = burst
        self.perSecond = perSecond
        left = burst
    }

    /// - Returns: false when the client has sent too many.
    mutating func spend(now: Int64) -> Bool {
        if let last { left = min(burst, left + Double(now - last) / 1e9 * perSecond) }
        last = now
        left -= 1
        return left >= 0
    }
}
