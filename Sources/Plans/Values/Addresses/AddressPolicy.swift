/// Which hosts addresses from the network may name as cameras.
///
/// The service stands where the sender may not: an address of this machine or of its link reaches services that trust
/// their neighbours. Names are judged here only where they say it themselves (`localhost`); whoever connects looks the
/// others up, asks about each address, and connects to the one it has asked about.
public struct AddressPolicy: Sendable, Hashable, Codable {
    /// Where cameras may be, and nowhere else. Nil: anywhere but on this machine, on its link with its metadata
    /// services, in groups and in what is reserved.
    public var networks: [Network]?

    /// A policy for these networks alone, or for what cameras usually are.
    public init(networks: [Network]? = nil) {
        self.networks = networks
    }

    /// Refused without being told otherwise. IPv6 forms that carry an IPv4 address lead where it leads.
    private static let refused = [
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "100.100.100.200", "224.0.0.0/3",
        "2002::/16", "2001::/32", "fd00:ec2::254",
    ].compactMap { Network($0) }
    /// Global and unique local ones; what is not in them is this host, its link, a group or a translation.
    private static let ordinary = ["0.0.0.0/0", "2000::/3", "fc00::/7"].compactMap { Network($0) }

    private static let ownNames: Set<String> = ["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"]

    /// Whether a camera may have this address.
    public func admits(_ address: NetworkAddress) -> Bool {
        if let networks { return networks.contains { $0.contains(address) } }
        return Self.ordinary.contains { $0.contains(address) } && !Self.refused.contains { $0.contains(address) }
    }

    /// Whether `address` is one of a camera that may be, written in the usual form.
    func admits(camera address: String, schemes: [String] = AddressRule.usualSchemes) -> Bool {
        do throws(AdmissionProblem) {
            try AddressRule.checkCamera(address, schemes: schemes)
        } catch {
            return false
        }
        guard let host = CameraHost(address) else { return false }
        switch host.kind {
        case .address(let address): return admits(address)
        case .own: return ["127.0.0.1", "::1"].compactMap { NetworkAddress($0) }.contains { admits($0) }
        case .name: return true
        case .odd: return false
        }
    }

    /// The host of a camera's address.
    struct CameraHost {
        enum Kind {
            case address(NetworkAddress)
            /// A name of this machine itself.
            case own
            case name
            /// 127.1, 0x7f000001 and 2130706433 are addresses too for those who connect; only the usual form is taken.
            case odd
        }

        /// Without brackets.
        let text: String
        let kind: Kind

        init?(_ address: String) {
            guard let scheme = address.firstRange(of: "://") else { return nil }
            let authority = address[scheme.upperBound...].prefix { !"/?#".contains($0) }
            if authority.hasPrefix("[") {
                text = String(authority.dropFirst().prefix { $0 != "]" })
                kind = NetworkAddress(text).map { .address($0) } ?? .odd
                return
            }
            text = String(authority.prefix { $0 != ":" })
            var name = text.lowercased()[...]
            // `localhost.` is the same host.
            if name.hasSuffix(".") { name = name.dropLast() }
            let last = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
            if name.isEmpty {
                kind = .odd
            } else if AddressPolicy.ownNames.contains(String(name)) || name.hasSuffix(".localhost") {
                kind = .own
            } else if last.unicodeScalars.allSatisfy(\.isASCIIDigit) || last.hasPrefix("0x") {
                kind = NetworkAddress(name).map { .address($0) } ?? .odd
            } else {
                kind = .name
            }
        }
    }
}

extension AddressPolicy {
    /// Whether an address of a camera, which came from wherever, is one that no two parsers read differently: a scheme, a host and a
    /// port before the path, and no credentials.
    public static func isPlain(camera text: String) -> Bool { (try? AddressRule.checkCamera(text)) != nil }
}
