import Foundation
import Glibc
import Synchronization
import SystemPackage

/// A listening socket that stands in the file system, for as long as this lives in it.
final class UnixSocket: Sendable {
    /// `sun_path` with its zero.
    static let longestPath = 107

    /// Listens nowhere yet; whoever takes it closes it.
    let descriptor: CInt
    private let path: String
    private let lock: CInt
    private let file: FileNumber?
    private let isRemoved = Atomic(false)

    /// - Parameter mode: who may connect: whoever may write the file.
    /// - Throws: `ServiceError` where another server listens there, or nobody can.
    init(at path: String, mode: mode_t) throws(ServiceError) {
        lock = try Self.lock(path)
        do throws(ServiceError) {
            try Self.clear(path)
            descriptor = try Self.bind(path, mode: mode)
        } catch {
            close(lock)
            throw error
        }
        self.path = path
        file = FileNumber(of: path)
    }

    /// Takes it out of the file system, unless it is another one by now.
    func remove() {
        guard !isRemoved.exchange(true, ordering: .relaxed) else { return }
        if let file, FileNumber(of: path) == file { unlink(path) }
        unlink(path + ".lock")
        close(lock)
    }

    private struct FileNumber: Hashable {
        var device: DeviceID
        var number: Inode

        init(_ status: Stat) { (device, number) = (status.deviceID, status.inode) }

        init?(of path: String) {
            guard let status = try? Stat(FilePath(path), followTargetSymlink: false) else { return nil }
            self.init(status)
        }
    }

    /// Of two servers that begin at the same time both could find an old socket, and the second take away the first's new one.
    private static func lock(_ path: String) throws(ServiceError) -> CInt {
        while true {
            let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard lock >= 0 else { throw .cannotListen("unix:\(path)", errno) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                close(lock)
                throw .cannotListen("unix:\(path)", EADDRINUSE)
            }
            // The one before may have taken it away meanwhile.
            let status = try? FileDescriptor(rawValue: lock).stat()
            if let status, FileNumber(of: path + ".lock") == FileNumber(status) { return lock }
            close(lock)
        }
    }

    /// Takes away what a server has left that was killed.
    private static func clear(_ path: String) throws(ServiceError) {
        guard let status = try? Stat(FilePath(path), followTargetSymlink: false) else { return }
        guard status.type == .socket else {
            throw .configuration(
                "cannot listen on unix:\(path): there is something that is no socket, and is left alone")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .cannotListen("unix:\(path)", errno) }
        defer { close(probe) }
        let isRefused = withAddress(path) { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        guard isRefused else { throw .cannotListen("unix:\(path)", EADDRINUSE) }
        guard unlink(path) == 0 else { throw .cannotListen("unix:\(path)", errno) }
    }

    private static func bind(_ path: String, mode: mode_t) throws(ServiceError) -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .cannotListen("unix:\(path)", errno) }
        // Before it stands there nobody may connect who may not later. The file mode creation mask may take some away.
        guard fchmod(descriptor, mode) == 0, withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0,
            chmod(path, mode) == 0
        else {
            let error = errno
            close(descriptor)
            throw .cannotListen("unix:\(path)", error)
        }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension ServiceError {
    static func cannotListen(_ address: String, _ error: CInt) -> Self {
        let reason =
            error == EADDRINUSE ? "another program listens there" : String(cString: strerror(error))
        return .configuration("cannot listen on \(address): \(reason)")
    }
}
