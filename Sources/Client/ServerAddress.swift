import Foundation
import Glibc

/// Where a server is: `http://127.0.0.1:8277`, `https://cams.example/house`, `unix:/run/streamtap/http.sock`.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// How it is reached.
    public enum Place: Sendable, Hashable {
        /// A name or an IP literal (IPv6 without its brackets), over TLS or not.
        case network(host: String, port: Int, isSecure: Bool)
        /// A Unix socket of this machine.
        case unix(path: String)
    }

    /// How it is reached.
    public var place: Place
    /// What everything is below: empty, or `/cams` without a slash at its end.
    public var basePath: String

    /// Where a server listens that was told nothing.
    public static let standard = ServerAddress(.network(host: "127.0.0.1", port: 8277, isSecure: false))

    /// sockaddr_un(7): 108 bytes with the zero at the end.
    private static let longestSocketPath = 107

    /// - Parameter basePath: with or without slashes at its ends.
    public init(_ place: Place, basePath: String = "") {
        self.place = place
        let parts = basePath.split(separator: "/")
        self.basePath = parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
    }

    /// - Throws: `AddressFault` for what is no address of a server.
    public init(_ text: String) throws(AddressFault) {
        if text.hasPrefix("unix:") {
            try self.init(socket: String(text.dropFirst("unix:".count)), of: text)
            return
        }
        let isSecure = text.lowercased().hasPrefix("https://")
        guard isSecure || text.lowercased().hasPrefix("http://") else {
            throw AddressFault(text, "it begins with http://, https:// or unix:/")
        }
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty else {
            throw AddressFault(text, "it names no host")
        }
        guard parts.user == nil, parts.password == nil else {
            throw AddressFault(text, "a name and a password do not belong in it: 'streamtap ctl login' asks for them")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw AddressFault(text, "it ends with a path at most, without '?' and '#'")
        }
        let port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65535).contains(port) else { throw AddressFault(text, "\(port) is no port") }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.init(.network(host: name, port: port, isSecure: isSecure), basePath: parts.percentEncodedPath)
    }

    /// `/run/streamtap/http.sock`, or with the path that everything is below: `/run/streamtap/http.sock:/cams`.
    private init(socket text: String, of whole: String) throws(AddressFault) {
        let parts = text.split(separator: ":/", maxSplits: 1)
        guard let path = parts.first, path.hasPrefix("/"), !path.hasSuffix("/") else {
            throw AddressFault(whole, "a socket is a whole path, as unix:/run/streamtap/http.sock has it")
        }
        guard path.utf8.count <= Self.longestSocketPath else {
            throw AddressFault(whole, "a socket's path has \(Self.longestSocketPath) bytes at most")
        }
        self.init(.unix(path: String(path)), basePath: parts.count == 2 ? String(parts[1]) : "")
    }

    /// As `init` reads it.
    public var description: String {
        switch place {
        case .network(let host, let port, let isSecure):
            let standard = isSecure ? 443 : 80
            let authority = (host.contains(":") ? "[\(host)]" : host) + (port == standard ? "" : ":\(port)")
            return "\(isSecure ? "https" : "http")://\(authority)\(basePath)"
        case .unix(let path): return "unix:\(path)" + (basePath.isEmpty ? "" : ":\(basePath)")
        }
    }

    /// Whether what is said there can be read by nobody on the way: over TLS, or without leaving this machine.
    public var isPrivate: Bool {
        switch place {
        case .unix: true
        case .network(let host, _, let isSecure):
            isSecure || ["localhost", "::1"].contains(host.lowercased()) || Self.isLoopback(host)
        }
    }

    /// 127.0.0.0/8 (RFC 1122, 3.2.1.3); a name that begins like that is anybody's.
    private static func isLoopback(_ host: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    /// What a request is sent to.
    func url(_ target: RequestTarget) -> String {
        switch place {
        case .network: "\(description)\(target.text)"
        case .unix(let path): "http+unix://\(RequestTarget.escaped(path))\(basePath)\(target.text)"
        }
    }
}

/// A text that is no address of a server, and why.
public struct AddressFault: Error, CustomStringConvertible {
    /// A sentence for people.
    public let description: String

    init(_ text: String, _ reason: String) {
        description = "'\(text)' is no address of a server: \(reason)"
    }
}
