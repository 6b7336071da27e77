/// NAME, NAME:PORT or [ADDRESS]:PORT.
struct Authority: Hashable, Sendable {
    /// Lower case, without brackets or a final dot.
    var name: String
    var port: Int

    /// - Parameter isSecure: whether it belongs to https, whose port is another one where none is named.
    init?(_ text: some StringProtocol, isSecure: Bool) {
        guard let parts = HostAndPort(text.lowercased()), parts.isBracketed || !parts.host.contains(":") else {
            return nil
        }
        var name = parts.host
        if name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }),
            let port = parts.port == nil ? (isSecure ? 443 : 80) : parts.portNumber
        else { return nil }
        (self.name, self.port) = (name, port)
    }
}
