internal import Glibc
internal import Plans
internal import WorkerLink

/// Holds camera addresses from the network to the operator's rule at the last moment: when it is known where they lead.
///
/// A name is looked up once, every address that it has must be allowed, and an `rtsp` or `http` address is rewritten to the one
/// that was asked about: a name that leads elsewhere a moment later changes nothing. An `rtsps` or `https` address keeps its name,
/// since the camera's certificate is checked against it; who answers in its place has no such certificate. Where an
/// RTSP camera redirects to is asked about in the same way; over HTTP no redirect is followed.
struct CameraAddresses: Sendable {
    var rule: CameraRule
    /// The addresses of a host; throws its words when there are none.
    var lookUp: @Sendable (String) throws(LookupFailure) -> [NetworkAddress] = Self.systemLookUp

    struct LookupFailure: Error {
        var message: String
    }

    enum Problem: Error {
        /// Leads where no camera may be.
        case refused([Diagnostic])
        case unknownHost(String)
    }

    /// - Returns: the graph with checked addresses in place of those that came over the network.
    func resolve(_ graph: PlanGraph) throws(Problem) -> PlanGraph {
        var graph = graph
        var refusals: [Diagnostic] = []
        var overHTTP: Set<Int> = []
        for node in graph.nodes.indices {
            for index in graph.nodes[node].properties.indices {
                let property = graph.nodes[node].properties[index]
                guard let text = address(property, of: graph.nodes[node]) else { continue }
                do throws(LookupFailure) {
                    if let resolved = try resolve(text) {
                        graph.nodes[node].properties[index].value = property.value.holding(resolved)
                        if text.lowercased().hasPrefix("http") { overHTTP.insert(node) }
                    } else {
                        refusals.append(
                            Diagnostic(
                                .error, .valueNotAllowed, at: property.valueRange,
                                "'\(property.name)' leads to no address that a camera may have here",
                                hint: "--camera-network says which may be"))
                    }
                } catch {
                    throw .unknownHost(error.message)
                }
            }
        }
        guard refusals.isEmpty else { throw .refused(refusals) }
        for node in overHTTP { graph.nodes[node].stayWhereItIs() }
        return graph
    }

    /// Where a camera of such an address may send its client.
    @Sendable func redirect(_ location: String) -> SourceRules.Redirect {
        let place = "the camera sends its clients to \(location.prefix(200))"
        guard AddressPolicy.isPlain(camera: location) else { return .refuse("\(place), which is no plain address") }
        do throws(LookupFailure) {
            guard let address = try resolve(location) else { return .refuse("\(place), where no camera may be") }
            return .follow(address)
        } catch {
            return .refuse("\(place), which is not known: \(error.message)")
        }
    }

    /// An address that came over the network.
    private func address(_ property: PropertyAssignment, of node: PlanNode) -> String? {
        let text: String
        switch property.value {
        case .literal(let words) where rule.parameters == nil: text = words
        case .bound(.string(let words), let parameter) where rule.parameters?.contains(parameter) ?? true: text = words
        default: return nil
        }
        let start = text.prefix(8).lowercased()
        if start.hasPrefix("rtsp://") || start.hasPrefix("rtsps://") { return text }
        // Elsewhere it may be something to be read.
        guard case .named("souphttpsrc", _) = node.kind, property.property == "location" else { return nil }
        return start.hasPrefix("http://") || start.hasPrefix("https://") ? text : nil
    }

    /// The address to connect to; nil when it leads where it may not.
    private func resolve(_ text: String) throws(LookupFailure) -> String? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let addresses: [NetworkAddress]
        if let literal = NetworkAddress(host) {
            addresses = [literal]
        } else {
            addresses = try lookUp(String(host))
        }
        guard let first = addresses.first, addresses.allSatisfy({ rule.policy.admits($0) }) else { return nil }
        guard ["rtsp", "http"].contains(text[..<scheme.lowerBound].lowercased()) else { return text }
        let written = first.bytes.count == 16 ? "[\(first)]" : "\(first)"
        let start = isBracketed ? authority.startIndex : host.startIndex
        let end = isBracketed ? text.index(after: host.endIndex) : host.endIndex
        return text.replacingCharacters(start..<end, with: written)
    }

    @Sendable static func systemLookUp(_ host: String) throws(LookupFailure) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, nil, &hints, &list)
        guard failure == 0 else {
            throw LookupFailure(message: "\(host): \(String(cString: gai_strerror(failure)))")
        }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var item = list
        while let entry = item?.pointee {
            if let raw = entry.ai_addr, let address = Self.address(UnsafeRawPointer(raw), entry.ai_family) {
                addresses.append(address)
            }
            item = entry.ai_next
        }
        return addresses
    }

    private static func address(_ raw: UnsafeRawPointer, _ family: Int32) -> NetworkAddress? {
        switch family {
        case AF_INET:
            withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { NetworkAddress(bytes: Array($0)) }
        case AF_INET6:
            withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { NetworkAddress(bytes: Array($0)) }
        default: nil
        }
    }
}

extension PlanNode {
    /// Where an HTTP server redirects to nobody could be asked about before libsoup goes there.
    fileprivate mutating func stayWhereItIs() {
        properties.removeAll { $0.property == "automatic-redirect" }
        properties.append(
            PropertyAssignment(
                name: "automatic-redirect", value: .literal("false"), nameRange: range, valueRange: range))
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
