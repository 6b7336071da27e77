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
    private let names: Set<String>
    /// Of pages that may do what this server's own may; lower case.
    let origins: Set<String>

    /// - Parameters:
    ///   - allowed: names besides IP literals, localhost and the machine's own.
    ///   - origins: of pages that may do what this server's own may, `https://portal.example`.
    init(allowed: [String], origins: [String] = []) {
        self.origins = Set(origins.map { $0.lowercased() })
        names = Set((allowed + ["localhost"]).map { $0.lowercased() }).union(Self.names(of: Self.machineName()))
    }

    /// What a machine is called: as it says itself, by the first part of that, and as mDNS has it.
    static func names(of machine: String) -> Set<String> {
        let whole = machine.lowercased()
        guard let first = whole.split(separator: ".").first else { return [] }
        return [whole, String(first), "\(first).local"]
    }

    /// - Returns: why a request with these headers is refused; nil when it is not.
    func refusal(hosts: [String], origins: [String]) -> ServiceError? {
        guard hosts.count == 1, let host = Authority(hosts[0]) else {
            return .oneHost
        }
        guard isAllowed(host.name) else { return .hostNotAllowed(host.name) }
        guard let origin = origins.first else { return nil }
        guard origins.count == 1, allows(origin) || origin.lowercased().hasPrefix("http://"),
            allows(origin) || Authority(String(origin.dropFirst(7))) == host
        else { return .originNotAllowed(origin) }
        return nil
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
        names.contains(name) || (try? SocketAddress(ipAddress: name, port: 0)) != nil
    }

    private static func machineName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// NAME, NAME:PORT or [ADDRESS]:PORT.
private struct Authority: Hashable, Sendable {
    /// Lower case, without brackets or a final dot.
    var name: String
    var port: Int

    init?(_ text: String) {
        var name = Substring(text.lowercased())
        var port = Substring("80")
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            name = name[name.index(after: name.startIndex)..<end]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = rest.dropFirst()
            }
        } else if let colon = name.firstIndex(of: ":") {
            port = name[name.index(after: colon)...]
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }),
            let number = UInt16(port)
        else { return nil }
        self.name = String(name)
        self.port = Int(number)
    }
}
