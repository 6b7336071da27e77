internal import Glibc

/// The worker's end of the socket pair to its server, or where it answers a question. Lives as long as the process.
struct LinkDescriptor: Sendable {
    /// Of the verbs that answer one question.
    static let standardOutput = LinkDescriptor(descriptor: STDOUT_FILENO)

    private let descriptor: Int32

    /// Moves descriptor 0 away, so that no plugin reads from it and no helper process inherits it, and puts
    /// /dev/null there.
    static func takeFromStandardInput() -> LinkDescriptor? {
        let moved = fcntl(0, F_DUPFD_CLOEXEC, 3)
        guard moved >= 0 else { return nil }
        let null = open("/dev/null", O_RDWR)
        guard null >= 0 else { return nil }
        dup2(null, 0)
        if null > 0 { close(null) }
        return LinkDescriptor(descriptor: moved)
    }

    /// Fills the buffer; false at the end of the stream.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var filled = 0
        while filled < buffer.count {
            let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if count > 0 {
                filled += count
            } else if count == 0 || (errno != EINTR && !waitUntilReady(POLLIN)) {
                return false
            }
        }
        return true
    }

    /// Writes the parts one after another without putting them together; false once the server is gone.
    func write(_ parts: [UnsafeRawBufferPointer]) -> Bool {
        var vectors = parts.filter { !$0.isEmpty }.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var first = 0
        while first < vectors.count {
            let rest = Int32(vectors.count - first)
            var count = vectors.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { writev(descriptor, $0 + first, rest) } ?? -1
            }
            if count < 0 {
                if errno == EINTR || waitUntilReady(POLLOUT) { continue }
                return false
            }
            while first < vectors.count, count >= vectors[first].iov_len {
                count -= vectors[first].iov_len
                first += 1
            }
            if first < vectors.count, count > 0 {
                vectors[first].iov_base = vectors[first].iov_base?.advanced(by: count)
                vectors[first].iov_len -= count
            }
        }
        return true
    }

    /// For a descriptor that was handed over non-blocking.
    private func waitUntilReady(_ event: Int32) -> Bool {
        guard errno == EAGAIN else { return false }
        var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&wanted, 1, -1) > 0 || errno == EINTR
    }
}
