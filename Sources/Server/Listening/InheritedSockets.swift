import Foundation
import NIOCore

/// Sockets that systemd made, and keeps while this program is not there (sd_listen_fds(3)): whoever connects meanwhile waits.
enum InheritedSockets {
    /// systemd's first.
    private static let first: CInt = 3

    /// Takes them, once: no program that is started from here has them, or believes that they are its own.
    ///
    /// - Throws: `ServiceError` where something else than a listening socket was handed over.
    static func take(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ServiceError) -> [ListenAddress] {
        guard environment["LISTEN_PID"].flatMap({ pid_t($0) }) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ CInt($0) }), (1...256).contains(count)
        else { return [] }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var addresses: [ListenAddress] = []
        for (index, descriptor) in (first..<first + count).enumerated() {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            guard let place = place(descriptor) else {
                throw .configuration(
                    "descriptor \(descriptor), as systemd hands it over, is no listening stream socket (ListenStream=, Accept=no)"
                )
            }
            // FileDescriptorName= may say which of them is which.
            let isSecure: Bool? =
                switch names.indices.contains(index) ? names[index] : "" {
                case "https": true
                case "http": false
                default: nil
                }
            addresses.append(ListenAddress(place, isSecure: isSecure))
        }
        return addresses
    }

    private static func place(_ descriptor: CInt) -> ListenAddress.Place? {
        var listens: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens != 0 else { return nil }
        var storage = sockaddr_storage()
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let family = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(descriptor, address, &size) == 0 ? CInt(address.pointee.sa_family) : -1
            }
        }
        switch family {
        case AF_UNIX:
            let path = withUnsafeBytes(of: &storage) { bytes in
                String(decoding: bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 }, as: UTF8.self)
            }
            return .inherited(descriptor: descriptor, address: "unix:\(path)", isLocal: true)
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in.self) }
            return network(descriptor, SocketAddress(address))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in6.self) }
            return network(descriptor, SocketAddress(address))
        default:
            return nil
        }
    }

    private static func network(_ descriptor: CInt, _ address: SocketAddress) -> ListenAddress.Place? {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return .inherited(
            descriptor: descriptor, address: ListenAddress.authority(host, port),
            isLocal: ListenAddress.isLoopback(host))
    }
}
