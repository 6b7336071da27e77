import Plans

/// What a text of the configuration has to be.
package struct ConfigurationFormat: Sendable {
    /// What others are, as in "'x' is no …".
    let refusal: String
    /// As JSON Schema has it; nil where no pattern says it all.
    package let pattern: String?
    let accepts: @Sendable (String) -> Bool

    /// - Parameters:
    ///   - words: what it is.
    ///   - refusal: what others are; nil: no such.
    init(
        _ words: String, refusal: String? = nil, pattern: String? = nil, accepts: @escaping @Sendable (String) -> Bool
    ) {
        self.refusal = refusal ?? "is no \(words)"
        self.pattern = pattern
        self.accepts = accepts
    }
}

extension ConfigurationFormat {
    static let network = Self("network such as 10.0.5.0/24 or fd00::/8") { Network($0) != nil }

    static let trustedProxy = Self(
        "network", refusal: "is neither a network such as 10.0.5.0/24 or 127.0.0.1 nor 'unix'"
    ) { TrustedProxy($0) != nil }

    static let listenAddress = Self(
        "address to listen on, as 127.0.0.1:8277, [::1]:8277, https://0.0.0.0:8443 and unix:/run/x.sock are"
    ) { ListenAddress($0) != nil }

    static let fileMode = Self("mode of a file, as 660 and 600 are", pattern: "^0?[0-7]{1,3}$") { text in
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x37 } && UInt32(text, radix: 8).map { $0 <= 0o777 } == true
    }

    static let basePath = Self("path such as /cams") { $0 == "/" || BasePath(withoutEnd: $0) != nil }

    static let credentials = Self(
        "name of credentials with their user and network, as front-door=admin@10.0.5.0/24 is",
        pattern: "^[a-z0-9][a-z0-9_-]{0,63}=.+@[^@]+$"
    ) { StoredCredentials($0) != nil }

    static let hostName = Self("name of a host such as cams.example", pattern: "^[^\\s/:@]+$") { text in
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !"/:@".unicodeScalars.contains($0)
            }
    }

    static let origin = Self(
        "origin such as https://portal.example or http://10.0.0.7:8123, without a path", pattern: "^[A-Za-z]+://[^/]+$"
    ) { HostRules.origin($0) == $0.lowercased() }

    static let framingOrigin = Self(
        "origin such as https://house.example or http://10.0.0.7:8123", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^/]+$"
    ) { FramingOrigin($0) != nil }

    static let memorySize = Self(
        "size such as 512M or 2G, \(WorkerExecutable.leastMemoryLimit >> 20)M at least", pattern: "^[0-9]{1,6}[MG]$"
    ) { MemorySize.bytes($0).map { $0 >= WorkerExecutable.leastMemoryLimit } == true }
}

/// Bytes as people write them.
enum MemorySize {
    /// Nil for what is not as `512M` or `2G`.
    static func bytes(_ text: String) -> Int? {
        guard let match = text.wholeMatch(of: /([0-9]{1,6})([MG])/), let number = Int(match.1) else { return nil }
        return number << (match.2 == "M" ? 20 : 30)
    }

    static func words(_ bytes: Int) -> String {
        bytes % (1 << 30) == 0 ? "\(bytes >> 30)G" : "\(bytes >> 20)M"
    }
}

extension BasePath {
    /// The same with a slash at its end; nil for what is no path, or the one of everything.
    init?(withoutEnd text: String) {
        self.init(text.hasSuffix("/") ? String(text.dropLast()) : text)
    }
}
