import Foundation
import Plans

extension ServerConfiguration {
    /// Where a program of this machine finds the server, the surest first: what goes without TLS has no certificate that could be
    /// another name's. Ports that the system chooses are known to nobody.
    package var doors: [String] {
        let path = basePath?.text ?? ""
        if let socket = serviceSocket { return ["unix:\(socket)" + (path.isEmpty ? "" : ":\(path)")] }
        let sockets = addresses.compactMap { address -> String? in
            guard case .unix(let file) = address.place else { return nil }
            return "unix:\(file)" + (path.isEmpty ? "" : ":\(path)")
        }
        let ports = addresses.compactMap { address -> (isSecure: Bool, text: String)? in
            guard case .network(let host, let port) = address.place, port != 0 else { return nil }
            let isSecure = address.isSecure ?? (tlsCertificate != nil)
            let authority = ListenAddress.authority(Self.reachable(host), port)
            return (isSecure, "\(isSecure ? "https" : "http")://\(authority)\(path)")
        }
        let plain = ports.filter { !$0.isSecure }
        return (plain + ports.filter(\.isSecure)).map(\.text) + sockets
    }

    /// The Unix socket of the service that was installed (ops/systemd/streamtap.socket): where nothing is said of addresses, systemd
    /// may have been told others.
    ///
    /// - Returns: nil: there is none, this user may not, or the configuration names addresses.
    var serviceSocket: String? {
        let path = "/run/streamtap/http.sock"
        return listen.isEmpty && !namesOneAddress && FileManager.default.isWritableFile(atPath: path) ? path : nil
    }

    /// Every address of the machine is its own, too.
    private static func reachable(_ host: String) -> String {
        switch NetworkAddress(host)?.bytes {
        case let bytes? where bytes.allSatisfy { $0 == 0 }: bytes.count == 4 ? "127.0.0.1" : "::1"
        default: host
        }
    }
}
