import Foundation
import Glibc

/// Where systemd hears how this service stands: sd_notify(3).
struct NotifySocket: Sendable {
    private let address: sockaddr_un
    private let size: socklen_t

    /// Takes it, once: no program that is started from here speaks for this service.
    ///
    /// - Returns: nil where nobody listens.
    static func take(environment: [String: String] = ProcessInfo.processInfo.environment) -> NotifySocket? {
        guard let name = environment["NOTIFY_SOCKET"] else { return nil }
        unsetenv("NOTIFY_SOCKET")
        return NotifySocket(name)
    }

    /// - Parameter name: a path, or an abstract name behind `@`. Other kinds of sockets are those of virtual machines.
    init?(_ name: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0)
        else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        // A path ends with a zero, an abstract name with its length.
        size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Sends assignments, `READY=1` for one, in one message. Never waits: a systemd that does not read has other worries.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    func send(_ assignments: [String]) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let message = Array(assignments.joined(separator: "\n").utf8)
        return withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                return sendto(descriptor, message, message.count, flags, address, size) == message.count
            }
        }
    }
}
