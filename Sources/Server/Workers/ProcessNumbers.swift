import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a process takes of the machine, as /proc tells it.
struct ProcessNumbers: Sendable, Hashable {
    /// In memory just now, bytes.
    var residentBytes: UInt64
    /// Of processors, by itself and for it, since it began.
    var cpuSeconds: Double

    /// Nil where there is no such process, or no /proc.
    init?(pid: Int32) {
        guard let status = Self.read("/proc/\(pid)/stat"), let memory = Self.read("/proc/\(pid)/statm"),
            // Its name may hold anything, and ends with the last parenthesis.
            let end = status.lastIndex(of: ")")
        else { return nil }
        let fields = status[status.index(after: end)...].split(separator: " ")
        let pages = memory.split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]), pages.count > 1,
            let resident = UInt64(pages[1])
        else { return nil }
        residentBytes = resident &* UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
        cpuSeconds = (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Descriptors that this process has open.
    static var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
