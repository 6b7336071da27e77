import Plans

/// Where an identity provider publishes the keys that it signs with: `https://id.example/jwks.json`, or a program of this machine by
/// plain HTTP.
struct KeySetAddress: Hashable, Sendable, CustomStringConvertible {
    var isSecure: Bool
    /// Name or IP address, without brackets.
    var host: String
    var port: Int
    /// With its query.
    var path: String

    /// Whether a text means an address, and no file.
    static func isOne(_ text: String) -> Bool { text.contains("://") }

    /// Nil for what is none, and for plain HTTP to another machine: whoever is on the way would say who comes in.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { "/?".contains($0) } ?? rest.endIndex
        guard let authority = Authority(rest[..<end], isSecure: isSecure),
            rest[end...].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { return nil }
        (host, port) = (authority.name, authority.port)
        path = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
        let isThisMachine = host == "localhost" || NetworkAddress(host).map { $0.peer == nil } ?? false
        guard isSecure || isThisMachine else { return nil }
    }

    /// As a request names it.
    var authority: String {
        (host.contains(":") ? "[\(host)]" : host) + (port == (isSecure ? 443 : 80) ? "" : ":\(port)")
    }

    var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}
