import NIOCore
import Plans

extension NetworkAddress {
    /// Nil: the address is none of a network.
    init?(_ address: SocketAddress) {
        // A zone, as in fe80::1%eth0, is no part of it.
        guard let text = address.ipAddress?.prefix(while: { $0 != "%" }) else { return nil }
        self.init(text)
    }

    /// Whose connections are counted together: an IPv4 address, or the network of a public IPv6 address, which is one
    /// customer's; the network of a link's or a site's own addresses is everybody's there. Nil for this machine's own,
    /// where proxies are.
    var peer: String? {
        if bytes.count == 4 { return bytes[0] == 127 ? nil : description }
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes.last == 1 { return nil }
        let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        let isUniqueLocal = bytes[0] & 0xFE == 0xFC
        return bytes[..<(isLinkLocal || isUniqueLocal ? 16 : 8)].map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The network that it is rented with, about: 256 IPv4 addresses, or a site's /48. Nil for this machine's own.
    var neighbourhood: String? {
        guard peer != nil else { return nil }
        return bytes.count == 4
            ? bytes[..<3].map { "\($0)" }.joined(separator: ".")
            : bytes[..<6].map { String($0, radix: 16) }.joined(separator: ":")
    }
}

extension SocketAddress {
    /// Whose connections are counted together; nil for this machine's own.
    var peer: String? { NetworkAddress(self)?.peer }
}
