import Plans

extension NetworkAddress {
    /// The address in what a proxy writes of a node: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
    /// Nil for `unknown`, for a name that hides one, and for what is none.
    init?(node: some StringProtocol) {
        guard let parts = HostAndPort(node), !parts.isBracketed || parts.host.contains(":") else { return nil }
        // A port may be hidden, too.
        if let port = parts.port, !port.hasPrefix("_") {
            guard parts.portNumber != nil else { return nil }
        }
        self.init(parts.host.prefix { $0 != "%" })
    }
}
