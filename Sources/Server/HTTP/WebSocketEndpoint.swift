import NIOCore

/// What is particular to the sockets at one path.
struct WebSocketEndpoint: Sendable {
    /// Frames that a client may send.
    var budget = FrameBudget()
    /// Makes the last handler of a connection: whole messages come in, framed bytes go out.
    /// What is shared by many viewers may go past it, by the output.
    var makeHandler: @Sendable (DirectOutput, Caller) -> any ChannelHandler
}

/// The socket at a path and query; nil when there is none.
typealias WebSocketEndpoints = @Sendable (_ uri: String) -> WebSocketEndpoint?
