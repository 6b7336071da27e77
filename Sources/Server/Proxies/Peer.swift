import NIOCore
import Plans

/// Who is at the other end of a connection.
enum Peer: Sendable, Hashable {
    case network(NetworkAddress)
    /// A program of this machine, by a Unix socket.
    case unix
    /// Somebody who has left.
    case unknown

    init(_ address: SocketAddress?) {
        switch address {
        case .unixDomainSocket: self = .unix
        case .some(let address): self = NetworkAddress(address).map(Peer.network) ?? .unknown
        case nil: self = .unknown
        }
    }

    var address: NetworkAddress? { if case .network(let address) = self { address } else { nil } }
}
