package import Plans

/// Whose word is taken for who a client is: proxies in a network, or programs at this machine's Unix sockets.
package enum TrustedProxy: Sendable, Hashable {
    /// Any address in the network.
    case network(Network)
    /// Whoever may open the socket.
    case unix

    /// Nil for what is neither a network, as `10.0.5.0/24` or one address is, nor `unix`.
    package init?(_ word: String) {
        if word == "unix" {
            self = .unix
        } else if let network = Network(word) {
            self = .network(network)
        } else {
            return nil
        }
    }

    /// As it is read.
    var words: String {
        switch self {
        case .network(let network): "\(network)"
        case .unix: "unix"
        }
    }

    func contains(_ peer: Peer) -> Bool {
        switch (self, peer) {
        case (.network(let network), .network(let address)): network.contains(address)
        case (.unix, .unix): true
        default: false
        }
    }
}
