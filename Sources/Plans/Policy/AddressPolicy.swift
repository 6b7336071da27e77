/// Which hosts text from the network may name as cameras.
///
/// The service stands where its author may not: an address of this machine or of its link reaches services that trust
/// their neighbours. A host's name is not looked up here; where names can lead is the network's to restrict.
public struct AddressPolicy: Sendable, Hashable {
    /// Whether cameras of this machine itself are allowed, as they are in tests.
    public var allowsLoopback: Bool

    public init(allowsLoopback: Bool = false) {
        self.allowsLoopback = allowsLoopback
    }

    private static let ownNames: Set<String> = ["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"]

    /// Whether `address` is an rtsp or rtsps address of a camera elsewhere, written in the usual form.
    func admits(camera address: String) -> Bool {
        do throws(AdmissionProblem) {
            try AddressRule.checkCamera(address)
        } catch {
            return false
        }
        guard let scheme = address.firstRange(of: "://") else { return false }
        let authority = address[scheme.upperBound...].prefix { !"/?#".contains($0) }
        if authority.hasPrefix("[") {
            return admits(version6: authority.dropFirst().prefix { $0 != "]" }.lowercased())
        }
        return admits(host: authority.prefix { $0 != ":" }.lowercased())
    }

    private func admits(host: String) -> Bool {
        var name = host[...]
        // `localhost.` is the same host.
        if name.hasSuffix(".") { name = name.dropLast() }
        guard !name.isEmpty else { return false }
        if Self.ownNames.contains(String(name)) || name.hasSuffix(".localhost") { return allowsLoopback }
        // 127.1, 0x7f000001 and 2130706433 are addresses too for those who connect; only the usual form is taken.
        let last = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        let isNumeric = last.unicodeScalars.allSatisfy(\.isASCIIDigit) || last.hasPrefix("0x")
        guard isNumeric else { return true }
        guard let bytes = Self.bytes(of: name) else { return false }
        return admits(version4: bytes)
    }

    private static func bytes(of text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.unicodeScalars.allSatisfy(\.isASCIIDigit), part == "0" || !part.hasPrefix("0") else {
                return nil
            }
            return UInt8(part)
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private func admits(version4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1]) {
        case (127, _): allowsLoopback
        // This host, the link with its metadata services, groups and what is reserved.
        case (0, _), (169, 254), (224..., _): false
        default: true
        }
    }

    /// Global and unique local addresses; forms with an IPv4 address inside are not taken.
    private func admits(version6 text: String) -> Bool {
        if text == "::1" { return allowsLoopback }
        guard !text.contains("."), let first = text.split(separator: ":", omittingEmptySubsequences: false).first,
            let group = UInt16(first, radix: 16)
        else { return false }
        // 2000::/3 without the 6to4 and Teredo forms, and fc00::/7.
        if (0x2000...0x3FFF).contains(group) {
            return group != 0x2002 && !text.hasPrefix("2001:0:") && !text.hasPrefix("2001::")
                && !text.hasPrefix("2001:0000:")
        }
        return (0xFC00...0xFDFF).contains(group)
    }
}
