import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Which names this server answers to, and which pages may use it.
///
/// Without the first rule any page could reach a server on loopback by a name that its author's DNS points there;
/// without the second, any page could open a socket to it.
struct HostRules: Sendable {
    private let names: Set<String>

    /// - Parameter allowed: names besides IP literals, localhost and the machine's own.
    init(allowed: [String]) {
        names = Set((allowed + ["localhost", Self.machineName()]).map { $0.lowercased() })
    }

    /// - Returns: why a request with these headers is refused; nil when it is not.
    func refusal(hosts: [String], origins: [String]) -> ServiceError? {
        guard hosts.count == 1, let host = Authority(hosts[0]) else {
            return .oneHost
        }
        guard isAllowed(host.name) else { return .hostNotAllowed(host.name) }
        guard let origin = origins.first else { return nil }
        guard origins.count == 1, origin.lowercased().hasPrefix("http://"),
            Authority(String(origin.dropFirst(7))) == host
        else { return .originNotAllowed(origin) }
        return nil
    }

    private func isAllowed(_ name: String) -> Bool {
        names.contains(name) || (try? SocketAddress(ipAddress: name, port: 0)) != nil
    }

    private static func machineName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// NAME, NAME:PORT or [ADDRESS]:PORT.
private struct Authority: Hashable, Sendable {
    /// Lower case, without brackets or a final dot.
    var name: String
    var port: Int

    init?(_ text: String) {
        var name = Substring(text.lowercased())
        var port = Substring("80")
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            name = name[name.index(after: name.startIndex)..<end]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = rest.dropFirst()
            }
        } else if let colon = name.firstIndex(of: ":") {
            port = name[name.index(after: colon)...]
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }),
            let number = UInt16(port)
        else { return nil }
        self.name = String(name)
        self.port = Int(number)
    }
}
