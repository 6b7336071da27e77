import HTTPTypes
import NIOHTTP1

/// Where a connection's requests come from: from whoever is at its other end, or, where that is a trusted proxy, from those
/// that it names.
struct ConnectionSource: Sendable {
    var peer: Peer
    /// Whether the connection is over TLS.
    var isSecure: Bool
    var proxies: TrustedProxies

    /// Whether others than the peer may be meant.
    var isProxy: Bool { proxies.trusts(peer) }

    /// - Throws: `malformed` where a trusted proxy says what cannot be understood.
    func client(_ head: HTTPRequestHead) throws(ServiceError) -> ClientPlace {
        try proxies.client(
            ForwardingFields(head.headers), host: head.headers.first(name: "host"), from: peer, isSecure: isSecure)
    }

    /// The same of a request that the router has.
    func client(_ request: HTTPRequest) throws(ServiceError) -> ClientPlace {
        try proxies.client(
            ForwardingFields(request.headerFields), host: request.authority, from: peer, isSecure: isSecure)
    }
}
