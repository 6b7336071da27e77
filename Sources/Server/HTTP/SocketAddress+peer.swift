import NIOCore

#if canImport(Glibc)
import Glibc
#endif

extension SocketAddress {
    /// Whose connections are counted together: an IPv4 address, or the network of a public IPv6 address, which is one
    /// customer's; the network of a link's or a site's own addresses is everybody's there. Nil for this machine's own,
    /// where proxies are.
    var peer: String? {
        switch self {
        case .v4:
            guard let address = ipAddress, !address.hasPrefix("127.") else { return nil }
            return address
        case .v6:
            var bytes = [UInt8](repeating: 0, count: 16)
            // A zone, as in fe80::1%eth0, is no part of it.
            guard let text = ipAddress?.prefix(while: { $0 != "%" }), inet_pton(AF_INET6, String(text), &bytes) == 1
            else { return nil }
            let isMapped = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            if isMapped { return bytes[12] == 127 ? nil : bytes[12...].map(String.init).joined(separator: ".") }
            if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes.last == 1 { return nil }
            let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
            let isUniqueLocal = bytes[0] & 0xFE == 0xFC
            return bytes[..<(isLinkLocal || isUniqueLocal ? 16 : 8)].map { String($0, radix: 16) }
                .joined(separator: ":")
        default:
            return nil
        }
    }
}
