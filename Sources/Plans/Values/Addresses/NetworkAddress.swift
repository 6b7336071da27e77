#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An IP address. IPv4 addresses inside IPv6 ones (`::ffff:10.0.0.5`) are IPv4 addresses.
public struct NetworkAddress: Sendable, Hashable, Codable, CustomStringConvertible {
    /// In network order: 4 of them, or 16.
    public let bytes: [UInt8]

    /// - Parameter bytes: in network order; nil unless there are 4 or 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let isMapped = bytes.count == 16 && bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// The usual forms only: of IPv4, four decimal numbers without leading zeros.
    public init?(_ text: some StringProtocol) {
        var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
        guard inet_pton(bytes.count == 16 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else { return nil }
        self.init(bytes: bytes)
    }

    /// The usual form: `10.0.0.5`, `fd00::5`.
    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(bytes.count == 16 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
public struct Network: Sendable, Hashable, Codable, CustomStringConvertible {
    private let base: [UInt8]
    /// Bits of `base` that count.
    private let length: Int

    /// Nil for what is no block of addresses.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = NetworkAddress(first) else { return nil }
        base = address.bytes
        guard parts.count == 2 else {
            length = base.count * 8
            return
        }
        guard parts[1].unicodeScalars.allSatisfy(\.isASCIIDigit), let length = Int(parts[1]),
            length <= base.count * 8, base.count == (first.contains(":") ? 16 : 4)
        else { return nil }
        self.length = length
    }

    /// The usual form: `10.0.5.0/24`, and of one address that alone.
    public var description: String {
        let address = NetworkAddress(bytes: base)?.description ?? ""
        return length == base.count * 8 ? address : "\(address)/\(length)"
    }

    /// Whether the address lies in the block; never when one is IPv4 and the other IPv6.
    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == base.count else { return false }
        return zip(base, address.bytes).enumerated().allSatisfy { index, pair in
            let bits = min(max(length - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return pair.0 & mask == pair.1 & mask
        }
    }
}

extension Network {
    /// Whether some address lies in both.
    public func overlaps(_ other: Network) -> Bool {
        guard let first = NetworkAddress(bytes: base), let second = NetworkAddress(bytes: other.base) else {
            return false
        }
        return contains(second) || other.contains(first)
    }
}

extension AddressPolicy {
    /// Whether cameras may be in a network, somewhere.
    public func admits(someOf network: Network) -> Bool {
        networks?.contains { $0.overlaps(network) } ?? true
    }
}
