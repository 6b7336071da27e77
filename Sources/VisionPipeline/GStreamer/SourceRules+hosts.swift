extension SourceRules {
    /// Whether two addresses lead to the same host: by its name, or by what names stand for. From encrypted to open it is no longer the
    /// same, since anybody may answer there.
    func isSameHost(_ address: String, _ own: String) -> Bool {
        guard let (scheme, host) = Self.parts(of: address), let (ownScheme, ownHost) = Self.parts(of: own) else {
            return false
        }
        if Self.isEncrypted(ownScheme), !Self.isEncrypted(scheme) { return false }
        if host == ownHost { return true }
        let places = Set(addresses(host))
        return !places.isEmpty && places.isSubset(of: addresses(ownHost))
    }

    private static func isEncrypted(_ scheme: String) -> Bool { scheme.hasPrefix("rtsps") || scheme == "https" }

    /// In lower case, without a port, credentials or brackets.
    private static func parts(of address: String) -> (scheme: String, host: String)? {
        guard let mark = address.firstRange(of: "://") else { return nil }
        var authority = address[mark.upperBound...].prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        let host =
            authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        var name = host.lowercased()
        // `camera.` is `camera`.
        if name.hasSuffix(".") { name.removeLast() }
        return name.isEmpty ? nil : (address[..<mark.lowerBound].lowercased(), name)
    }
}
