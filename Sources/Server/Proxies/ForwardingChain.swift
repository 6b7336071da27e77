import Plans

/// The way that a request has come, as proxies tell it: the word of the nearest one first.
struct ForwardingChain: Hashable {
    /// Who asked a proxy.
    enum Node: Hashable {
        case known(NetworkAddress)
        /// The proxy does not know, or does not say.
        case hidden
    }

    /// Nil where nothing is said.
    var nodes: [Node?]
    var schemes: [String?]
    var authorities: [String?]

    /// As `Forwarded` has it.
    ///
    /// - Throws: `malformed`.
    init(forwarded lines: [String]) throws(ServiceError) {
        var elements: [ForwardedElement] = []
        for line in lines {
            guard let more = ForwardedElement.list(line) else { throw .unreadableForwarded }
            elements += more
        }
        elements.reverse()
        nodes = elements.map { $0.node.map(Node.init) }
        schemes = elements.map(\.scheme)
        authorities = elements.map(\.host)
    }

    /// As the `X-Forwarded-…` headers have it.
    init(_ fields: ForwardingFields) {
        nodes = Self.words(fields.addresses).map(Node.init)
        schemes = Self.words(fields.schemes)
        authorities = Self.words(fields.authorities)
    }

    private static func words(_ lines: [String]) -> [String] {
        lines.flatMap { $0.split(separator: ",") }.reversed().compactMap { word in
            let word = word.drop { $0 == " " || $0 == "\t" }
            return word.lastIndex { $0 != " " && $0 != "\t" }.map { String(word[...$0]) }
        }
    }
}

extension ForwardingChain.Node {
    fileprivate init(_ text: String) {
        self = NetworkAddress(node: text).map(Self.known) ?? .hidden
    }
}

extension ServiceError {
    static let unreadableForwarded = malformed(
        "the Forwarded header, as it came from a proxy, breaks its grammar (RFC 7239)")
    static let contradictoryProxy = malformed(
        "Forwarded and X-Forwarded-… contradict each other; the proxy has to take off the one that it does not write itself"
    )
}
