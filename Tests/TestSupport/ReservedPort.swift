import Glibc

/// A port of the loopback address that nobody else is given while this lives.
///
/// Connections to it are refused, since nobody listens. A program that is told its number and allows addresses to be
/// used again (SO_REUSEADDR, as servers do) can listen on it all the same: so a server may come up late.
public final class ReservedPort: Sendable {
    public let number: Int
    private let socket: CInt

    public enum Kind: Sendable { case tcp, udp }

    public init(_ kind: Kind = .tcp) throws {
        let type = kind == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let socket = Glibc.socket(AF_INET, Int32(type.rawValue) | O_CLOEXEC, 0)
        var (isReusable, size) = (CInt(1), socklen_t(MemoryLayout<CInt>.size))
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &isReusable, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, size) == 0 && getsockname(socket, generic, &size) == 0
            } ? address.pointee.sin_port.bigEndian : nil
        }
        guard let port else {
            close(socket)
            throw ProcessFailure("no port: \(errno)")
        }
        number = Int(port)
        self.socket = socket
    }

    deinit {
        close(socket)
    }
}
