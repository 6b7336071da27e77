import Plans

/// Tells who has sent a request, and to where: past the proxies whose word is taken, and no further.
///
/// Anybody can write what proxies write. So the nearest proxy has to be known by its address, what it says is believed, and what
/// the one before it says is believed if that one is known, too.
struct TrustedProxies: Sendable {
    private let trusted: [TrustedProxy]

    init(_ trusted: [TrustedProxy] = []) {
        self.trusted = trusted
    }

    func trusts(_ peer: Peer) -> Bool { trusted.contains { $0.contains(peer) } }

    /// - Parameters:
    ///   - host: as the request names it.
    ///   - isSecure: whether the connection is over TLS.
    /// - Throws: `malformed` where a trusted proxy says what cannot be understood.
    func client(
        _ fields: ForwardingFields, host: String?, from peer: Peer, isSecure: Bool
    ) throws(ServiceError) -> ClientPlace {
        var client = ClientPlace(address: peer.address, isSecure: isSecure, authority: host)
        if fields.isEmpty { return client }
        guard trusts(peer) else {
            client.isBehindUnknownProxy = true
            return client
        }
        let told = try told(try ForwardingChain(forwarded: fields.forwarded), or: ForwardingChain(fields))
        if case .known(let address) = told.node { client.address = address }
        switch told.scheme?.lowercased() {
        case "https", "wss": client.isSecure = true
        case "http", "ws": client.isSecure = false
        default: break
        }
        client.authority = told.authority ?? host
        if fields.paths.count == 1 { client.path = Self.path(fields.paths[0]) ?? "" }
        return client
    }

    private struct Told {
        var node: ForwardingChain.Node?
        var scheme: String?
        var authority: String?
    }

    /// A client may have written one kind of header, and a proxy the other: who is to be believed nobody can say then.
    private func told(_ one: ForwardingChain, or other: ForwardingChain) throws(ServiceError) -> Told {
        let (first, second) = (told(one), told(other))
        func agree<T: Hashable>(_ first: T?, _ second: T?) throws(ServiceError) -> T? {
            guard first == nil || second == nil || first == second else { throw .contradictoryProxy }
            return first ?? second
        }
        return Told(
            node: try agree(first.node, second.node),
            scheme: try agree(first.scheme?.lowercased(), second.scheme?.lowercased()),
            authority: try agree(first.authority?.lowercased(), second.authority?.lowercased()))
    }

    private func told(_ chain: ForwardingChain) -> Told {
        var told = Told()
        var reached = 0
        for (index, node) in chain.nodes.enumerated() {
            reached = index
            if case .known = node { told.node = node } else { told.node = told.node ?? node }
            guard case .known(let address) = node, trusts(.network(address)) else { break }
        }
        // Where proxies nearby say nothing of it, or one of them for all, that one's word is the last there is.
        told.scheme = chain.schemes.prefix(reached + 1).last { $0 != nil } ?? nil
        told.authority = chain.authorities.prefix(reached + 1).last { $0 != nil } ?? nil
        return told
    }

    /// Nil for what no cookie could be told.
    private static func path(_ text: String) -> String? {
        let path = text.hasSuffix("/") ? String(text.dropLast()) : text
        return BasePath(path)?.text
    }
}
