import NIOCore
import Plans

/// Where a server listens, and whether with TLS: `127.0.0.1:8277`, `[::1]:8277`, `https://0.0.0.0:8443`,
/// `http://127.0.0.1:8277`, `unix:/run/streamtap/http.sock`.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        /// Address or name; port 0 lets the system choose.
        case network(host: String, port: Int)
        case unix(path: String)
        /// A socket that whoever has started this program made, and its name for people.
        case inherited(descriptor: CInt, address: String, isLocal: Bool)
    }

    var place: Place
    /// Nil: with TLS where there is a certificate, and not at a Unix socket.
    var isSecure: Bool?

    init(_ place: Place, isSecure: Bool? = nil) {
        (self.place, self.isSecure) = (place, isSecure)
    }

    /// What `--host` and `--port` say.
    init(host: String, port: Int) {
        place = .network(host: host, port: port)
    }

    /// Nil for what is none of the forms above.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), !path.hasSuffix("/"), path.utf8.count <= UnixSocket.longestPath else {
                return nil
            }
            self.init(.unix(path: path), isSecure: false)
            return
        }
        var rest = text[...]
        var isSecure: Bool?
        for (scheme, secure) in [("https://", true), ("http://", false)] where text.hasPrefix(scheme) {
            (rest, isSecure) = (rest.dropFirst(scheme.count), secure)
        }
        guard let parts = HostAndPort(rest), let port = parts.portNumber else { return nil }
        let host = parts.host
        if parts.isBracketed {
            guard host.contains(":"), (try? SocketAddress(ipAddress: host, port: 0)) != nil else { return nil }
        } else {
            guard host.wholeMatch(of: /[A-Za-z0-9._\-]+/) != nil else { return nil }
        }
        self.init(.network(host: host, port: port), isSecure: isSecure)
    }

    var isUnix: Bool {
        switch place {
        case .unix: true
        case .network: false
        case .inherited(_, let address, _): address.hasPrefix("unix:")
        }
    }

    /// Whether nobody can come there but programs of this machine.
    var isLocal: Bool {
        switch place {
        case .unix: true
        case .inherited(_, _, let isLocal): isLocal
        case .network(let host, _): Self.isLoopback(host)
        }
    }

    /// As it is written.
    package var description: String {
        let scheme = isSecure.map { $0 ? "https://" : "http://" } ?? ""
        switch place {
        case .network(let host, let port): return scheme + Self.authority(host, port)
        case .unix(let path): return "unix:\(path)"
        case .inherited(_, let address, _): return address
        }
    }

    static func authority(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        return NetworkAddress(host).map { $0.peer == nil } ?? false
    }
}
