import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Which names this server answers to, and which pages may use it.
///
/// Without the first rule any page could reach a server on loopback by a name that its author's DNS points there;
/// without the second, any page could open a socket to it.
struct HostRules: Sendable {
    private struct Names: Sendable {
        var hosts: Set<String>
        var origins: Set<String>
    }

    private let names: Live<Names>
    /// Of pages that may do what this server's own may; lower case.
    var origins: Set<String> { names.value.origins }

    /// - Parameters:
    ///   - allowed: names besides IP literals, localhost and the machine's own.
    ///   - origins: of pages that may do what this server's own may, `https://portal.example`.
    init(allowed: [String], origins: [String] = []) {
        names = Live(Self.names(allowed, origins))
    }

    /// From now on, for all who have these rules.
    func change(allowed: [String], origins: [String]) { names.exchange(for: Self.names(allowed, origins)) }

    private static func names(_ allowed: [String], _ origins: [String]) -> Names {
        Names(
            hosts: Set((allowed + ["localhost"]).map { $0.lowercased() }).union(names(of: machineName())),
            origins: Set(origins.map { $0.lowercased() }))
    }

    /// What a machine is called: as it says itself, by the first part of that, and as mDNS has it.
    static func names(of machine: String) -> Set<String> {
        let whole = machine.lowercased()
        guard let first = whole.split(separator: ".").first else { return [] }
        return [whole, String(first), "\(first).local"]
    }

    /// - Parameter client: which also says what the client sees, where a proxy stands between.
    /// - Returns: why a request with these headers is refused; nil when it is not.
    func refusal(hosts: [String], origins: [String], from client: ClientPlace) -> ServiceError? {
        guard hosts.count == 1, let host = Authority(hosts[0], isSecure: client.isSecure) else { return .oneHost }
        guard isAllowed(host.name) else { return .hostNotAllowed(host.name) }
        // What the proxy was asked for. Not instead of the name that came, which a page that got here by a name of its own cannot
        // choose, while it could write the other where the proxy does not.
        guard let seen = client.authority.map({ Authority($0, isSecure: client.isSecure) }) ?? host else {
            return .oneHost
        }
        guard isAllowed(seen.name) else { return .hostNotAllowed(seen.name) }
        guard let origin = origins.first else { return nil }
        guard origins.count == 1 else { return .originNotAllowed(origin) }
        if allows(origin) { return nil }
        let own = "\(client.scheme)://"
        guard origin.lowercased().hasPrefix(own) else {
            return isOtherScheme(origin, than: seen) ? .originOverTLS(origin) : .originNotAllowed(origin)
        }
        let page = Authority(origin.dropFirst(own.count), isSecure: client.isSecure)
        // Many proxies tell the name alone, and pass the port on with it in Host.
        return page == seen || (page == host && host.name == seen.name) ? nil : .originNotAllowed(origin)
    }

    /// Whether this server's own page has come through something that gives TLS, of which nobody has told.
    private func isOtherScheme(_ origin: String, than seen: Authority) -> Bool {
        let tls = "https://"
        return origin.lowercased().hasPrefix(tls)
            && Authority(origin.dropFirst(tls.count), isSecure: true)?.name == seen.name
    }

    /// Whether pages of this origin were allowed by name.
    func allows(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    /// Who may have an answer that is no page of ours in a frame, as a content security policy has it: whoever may show it at
    /// all.
    var ancestors: String {
        let known = origins.compactMap { FramingOrigin($0)?.text }.sorted()
        return known.isEmpty ? "'none'" : known.joined(separator: " ")
    }

    /// Asked where a browser says that a picture or a call is for another server's page.
    ///
    /// - Parameter mayBeFramed: whether the answer says itself in whose frames it may stand.
    /// - Returns: why it is refused; nil when it is not.
    func refusal(_ fetch: FetchMetadata, mayBeFramed: Bool = false) -> ServiceError? {
        guard fetch.isForeign, !fetch.isOpened, !(mayBeFramed && fetch.mode == "navigate") else { return nil }
        guard let page = fetch.page, allows(page) else { return .originNotAllowed(fetch.page ?? "another server") }
        return nil
    }

    /// Scheme and authority of an address.
    static func origin(_ address: String) -> String? {
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, parts[0].hasSuffix(":") else { return nil }
        return "\(parts[0])//\(parts[2])".lowercased()
    }

    private func isAllowed(_ name: String) -> Bool {
        names.value.hosts.contains(name) || (try? SocketAddress(ipAddress: name, port: 0)) != nil
    }

    private static func machineName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
