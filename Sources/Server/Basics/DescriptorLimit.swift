#if canImport(Glibc)
import Glibc
#endif

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    /// Raises the soft limit to the hard one; the soft one is for programs that use `select`.
    ///
    /// - Returns: the limit that then stands.
    @discardableResult
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
        return Int(clamping: limit.rlim_cur)
    }
}
