package import Plans

/// Where a camera is asked: an HTTP service at an address, written without credentials.
///
/// Only addresses, no names: cameras name themselves by the address that they have, and what is asked about is then what is
/// connected to.
package struct ServiceAddress: Sendable, Hashable {
    /// The device service's path of every ONVIF device (Core Specification, 5.1.1).
    package static let devicePath = "/onvif/device_service"
    private static let longest = 512

    package let host: NetworkAddress
    package let port: Int
    /// With its query, from the first slash on.
    package let path: String

    package init(host: NetworkAddress, port: Int = 80, path: String = devicePath) {
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads `http://10.0.0.5:8000/onvif/device_service`. Nil for another scheme, a host's name, credentials, and what two parsers
    /// could read differently.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.longest, text.lowercased().hasPrefix("http://"),
            text.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value < 0x7F && !"\\#\"<>".unicodeScalars.contains($0)
            })
        else { return nil }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...]
        guard !path.hasPrefix("?"), let place = Self.place(String(authority)) else { return nil }
        self.init(host: place.host, port: place.port ?? 80, path: path.isEmpty ? "/" : String(path))
    }

    /// Reads what a person names a camera by: `10.0.0.5`, `10.0.0.5:8000`, `[fd00::5]:8000` or the address of its service, which has
    /// to be one of ONVIF: nothing else is asked by this name.
    package init?(naming text: String) {
        if let place = Self.place(text) {
            self.init(host: place.host, port: place.port ?? 80)
        } else if let address = ServiceAddress(text), address.path == "/" || address.path.hasPrefix("/onvif/") {
            self.init(
                host: address.host, port: address.port, path: address.path == "/" ? Self.devicePath : address.path)
        } else {
            return nil
        }
    }

    /// Takes `10.0.0.5:80` and `[fd00::5]:80` apart.
    private static func place(_ authority: String) -> (host: NetworkAddress, port: Int?)? {
        if let address = NetworkAddress(authority) { return (address, nil) }
        var rest = authority[...]
        let host: Substring
        if rest.hasPrefix("[") {
            host = rest.dropFirst().prefix { $0 != "]" }
            rest = rest.dropFirst(host.count + 2)
            guard authority.dropFirst(host.count + 1).hasPrefix("]"), host.contains(":") else { return nil }
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
        }
        guard let address = NetworkAddress(host) else { return nil }
        guard let colon = rest.first else { return (address, nil) }
        let digits = rest.dropFirst()
        guard colon == ":", digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), port > 0
        else { return nil }
        return (address, Int(port))
    }

    /// `10.0.0.5:8000`, for people and for the header `Host`.
    package var authority: String {
        let host = self.host.bytes.count == 16 ? "[\(self.host)]" : "\(self.host)"
        return port == 80 ? host : "\(host):\(port)"
    }

    package var text: String { "http://\(authority)\(path)" }
}
