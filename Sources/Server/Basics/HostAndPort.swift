/// `NAME`, `NAME:PORT`, `ADDRESS` or `[ADDRESS]:PORT`, taken apart (RFC 3986, 3.2); whether there can be such a host is for others to say.
struct HostAndPort: Hashable, Sendable {
    /// Without brackets; holds a colon only where it is an IPv6 address or nonsense.
    var host: String
    /// Whether it stood in brackets.
    var isBracketed: Bool
    /// What follows the colon, perhaps nothing; nil: there is none.
    var port: String?

    /// Nil: brackets that do not end, or that something else than a port follows.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            host = String(text[..<end].dropFirst())
            isBracketed = true
            port = rest.isEmpty ? nil : String(rest.dropFirst())
        } else {
            let colons = text.count { $0 == ":" }
            isBracketed = false
            // Several are those of an IPv6 address, which then has no port.
            let colon = colons == 1 ? text.firstIndex(of: ":") : nil
            host = String(text[..<(colon ?? text.endIndex)])
            port = colon.map { String(text[text.index(after: $0)...]) }
        }
    }

    /// The port where it is one, in digits alone: others read `+80` and `٨٠` differently.
    var portNumber: Int? {
        guard let port, !port.isEmpty, port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt16(port).map(Int.init)
    }
}
