import Foundation
import Glibc
import Synchronization

/// What systemd is to a service: it listens where NOTIFY_SOCKET says.
public final class NotifyReceiver: Sendable {
    private let descriptor: CInt
    private let received = Mutex<[String]>([])

    /// As NOTIFY_SOCKET is to say it.
    public let name: String

    /// - Parameter name: a path, or an abstract name behind `@`; nil: a path of its own.
    public init(_ name: String? = nil) throws {
        let name = try name ?? TemporaryDirectory().path + "/notify"
        self.name = name
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if name.hasPrefix("@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (name.hasPrefix("@") ? 0 : 1))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0 else { throw ProcessFailure("cannot bind \(name): \(errno)") }
    }

    deinit { close(descriptor) }

    /// Every assignment so far, in the order in which it came.
    public var assignments: [String] {
        received.withLock { received in
            var buffer = [UInt8](repeating: 0, count: 8192)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
                guard count > 0 else { return received }
                received += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }
}
