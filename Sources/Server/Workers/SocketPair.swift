import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Two connected stream sockets, neither of which any other child inherits.
struct SocketPair {
    var ours: FileDescriptor
    var theirs: FileDescriptor

    /// - Throws: `Errno`, for example when this process has no descriptors left.
    init() throws(Errno) {
        var ends: (Int32, Int32) = (-1, -1)
        let status = withUnsafeMutableBytes(of: &ends) { bytes in
            socketpair(
                AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0,
                bytes.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
        ours = FileDescriptor(rawValue: ends.0)
        theirs = FileDescriptor(rawValue: ends.1)
    }
}
