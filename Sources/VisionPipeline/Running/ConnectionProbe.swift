internal import Foundation
internal import Glibc
internal import WorkerLink

/// Finds out why a camera could not be reached: rtspsrc says "Generic error" for a closed port and for an unknown
/// host alike.
enum ConnectionProbe {
    struct Finding: Sendable {
        var reason: FailureReason
        /// The system's words.
        var words: String
    }

    /// Connects once more, on a thread of its own, and tells what the system says.
    ///
    /// - Returns: nil when the address is no network address, or when connecting works.
    static func probe(_ location: String, within seconds: Double = 1.5) -> Finding? {
        guard let address = URLComponents(string: location), let host = address.host, !host.isEmpty else { return nil }
        let standard: [String: Int] = ["rtsp": 554, "rtspt": 554, "rtspu": 554, "rtsps": 322, "http": 80, "https": 443]
        guard let port = address.port ?? standard[address.scheme?.lowercased() ?? ""] else { return nil }
        let result = ResultBox()
        DetachedThread.start(name: "probe") {
            result.finish(connect(host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port, seconds))
        }
        return result.wait(seconds)
    }

    private static func connect(_ host: String, _ port: Int, _ seconds: Double) -> Finding? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, String(port), &hints, &list)
        guard failure == 0, let first = list else {
            return Finding(reason: .unreachable, words: "\(host): \(String(cString: gai_strerror(failure)))")
        }
        defer { freeaddrinfo(list) }
        let info = first.pointee
        let type = info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(info.ai_family, type, info.ai_protocol)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var problem: Int32 = 0
        if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) != 0 {
            problem = errno
            if problem == EINPROGRESS {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&wanted, 1, Int32(seconds * 1000)) > 0 else {
                    return Finding(reason: .unreachable, words: "no answer from \(host):\(port)")
                }
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length)
            }
        }
        guard problem != 0 else { return nil }
        return Finding(
            reason: problem == ECONNREFUSED ? .refused : .unreachable,
            words: "\(host):\(port): \(String(cString: strerror(problem)))")
    }

    /// One finding, handed from the probing thread to the one that waits.
    private final class ResultBox: @unchecked Sendable {  // `finding` is guarded by `condition`
        private let condition = NSCondition()
        private var finding: Finding??

        func finish(_ value: Finding?) {
            condition.withLock {
                finding = .some(value)
                condition.signal()
            }
        }

        /// Nil when connecting worked.
        func wait(_ seconds: Double) -> Finding? {
            let deadline = Date(timeIntervalSinceNow: seconds)
            return condition.withLock {
                while finding == nil, condition.wait(until: deadline) {}
                return finding ?? Finding(reason: .unreachable, words: "no answer")
            }
        }
    }
}
