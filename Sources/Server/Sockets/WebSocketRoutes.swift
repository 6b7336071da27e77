import HummingbirdCore
import NIOCore

/// Which paths are sockets.
struct WebSocketRoutes: Sendable {
    let registry: StreamTapRegistry
    let events: StateEvents
    let authenticator: Authenticator

    /// The socket at this path; nil when there is none.
    func endpoint(for uri: String) -> WebSocketEndpoint? {
        if let request = TapSocketRequest(uri: uri) {
            return WebSocketEndpoint { [registry, authenticator] output, caller in
                TapSocketHandler(
                    request, registry: registry, caller: SocketCaller(caller, authenticator), output: output)
            }
        }
        guard URI(uri).path.split(separator: "/") == ["ws", "vp"] else { return nil }
        // An acknowledgement for each picture of each channel.
        return WebSocketEndpoint(budget: FrameBudget(burst: 1000, perSecond: 4000)) {
            [registry, events, authenticator] output, caller in
            TapChannelsHandler(
                registry: registry, events: events, caller: SocketCaller(caller, authenticator), output: output)
        }
    }
}
