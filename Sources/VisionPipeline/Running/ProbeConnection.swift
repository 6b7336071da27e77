internal import Foundation
internal import Glibc
internal import WorkerLink

/// One short TCP connection of the worker's own to a camera's address.
struct ProbeConnection: ~Copyable {
    private let descriptor: Int32

    /// - Parameter seconds: for the connecting; looking up a name takes as long as it takes.
    /// - Throws: why it cannot be.
    init(to place: NetworkPlace, within seconds: Double) throws(ConnectionProbe.Finding) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(place.host, String(place.port), &hints, &list)
        guard failure == 0, let first = list else {
            throw .init(reason: .unreachable, words: "\(place.host): \(String(cString: gai_strerror(failure)))")
        }
        defer { freeaddrinfo(list) }
        let info = first.pointee
        let type = info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(info.ai_family, type, info.ai_protocol)
        var problem = descriptor >= 0 ? 0 : errno
        if descriptor >= 0, connect(descriptor, info.ai_addr, info.ai_addrlen) != 0 {
            problem = errno
            if problem == EINPROGRESS { problem = Self.outcome(of: descriptor, within: seconds) }
        }
        guard problem == 0 else {
            if descriptor >= 0 { close(descriptor) }
            let words = problem == ETIMEDOUT ? "no answer" : String(cString: strerror(problem))
            throw .init(
                reason: problem == ECONNREFUSED ? .refused : .unreachable,
                words: "\(place.host):\(place.port): \(words)")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func outcome(of descriptor: Int32, within seconds: Double) -> Int32 {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wanted, 1, Int32(seconds * 1000)) > 0 else { return ETIMEDOUT }
        var problem: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length)
        return problem
    }
}

/// Where an address leads.
struct NetworkPlace: Sendable {
    var scheme: String
    var host: String
    var port: Int

    /// Nil for what is no address of a scheme that cameras have.
    init?(_ location: String) {
        let standard: [String: Int] = ["rtsp": 554, "rtspt": 554, "rtspu": 554, "rtsps": 322, "http": 80, "https": 443]
        guard let address = URLComponents(string: location), let host = address.host, !host.isEmpty,
            let scheme = address.scheme?.lowercased(), let port = address.port ?? standard[scheme]
        else { return nil }
        self.scheme = scheme
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = port
    }
}
