import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is left of this machine for one more worker.
///
/// Asked before one is started: where descriptors, memory or tasks run short, what runs already is worth more than what is to come.
struct HostRoom: Sendable {
    /// Descriptors of this process that a worker, its start and a few requests may take.
    static let descriptors = 24
    /// Bytes: a small worker has half of it in memory.
    static let memory = 96 << 20
    /// Threads: a worker has ten to forty.
    static let tasks = 64

    /// For tests: where /proc and the tree of control groups are.
    var proc = "/proc"
    var cgroups = "/sys/fs/cgroup"

    /// What there is too little of, for people; nil: there is room.
    var shortage: String? {
        if !hasDescriptors { return "file descriptors" }
        if let free = [availableMemory, cgroupRoom("memory")].compactMap(\.self).min(), free < Self.memory {
            return "memory: \(free >> 20) MiB are free"
        }
        if let free = [availableTasks, cgroupRoom("pids")].compactMap(\.self).min(), free < Self.tasks {
            return "processes and threads: \(max(0, free)) may be made"
        }
        return nil
    }

    /// The lowest free number is taken: where one near the limit is to be had, all up to the limit are.
    private var hasDescriptors: Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        let most = Int(clamping: limit.rlim_cur)
        guard most > Self.descriptors else { return false }
        let first = most - Self.descriptors
        let copy = fcntl(0, F_DUPFD_CLOEXEC, Int32(clamping: first))
        // Where standard input is closed nobody knows.
        guard copy >= 0 else { return errno != EMFILE && errno != EINVAL }
        close(copy)
        return copy == first
    }

    /// MemAvailable, bytes.
    private var availableMemory: Int? {
        let line = read("\(proc)/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// Of the whole machine.
    private var availableTasks: Int? {
        guard let most = read("\(proc)/sys/kernel/threads-max").flatMap(Self.number),
            // `0.50 0.40 0.30 2/345 6789`: two of 345 are running.
            let all = read("\(proc)/loadavg")?.split(separator: " ").dropFirst(3).first?.split(separator: "/").last,
            let number = Int(all)
        else { return nil }
        return most - number
    }

    /// The least that this process's control group and those around it have left; nil where nothing is limited.
    private func cgroupRoom(_ controller: String) -> Int? {
        guard let line = read("\(proc)/self/cgroup")?.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return nil }
        var path = String(line.dropFirst(3))
        var least: Int?
        while true {
            let group = "\(cgroups)\(path == "/" ? "" : path)/\(controller)"
            if let most = read("\(group).max").flatMap(Self.number),
                let taken = read("\(group).current").flatMap(Self.number)
            {
                // What files keep in memory is given up for whoever needs it.
                let cached = controller == "memory" ? inactiveFile("\(cgroups)\(path)") : 0
                least = min(least ?? .max, most - taken + cached)
            }
            guard path != "/", let slash = path.lastIndex(of: "/") else { return least }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
    }

    private func inactiveFile(_ group: String) -> Int {
        let line = read("\(group)/memory.stat")?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// Nil for `max`.
    private static func number(_ text: String) -> Int? {
        Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

extension ServiceError {
    static func hostExhausted(_ what: String) -> Self {
        Self(.hostExhausted, "this machine has no room for another worker: it is short of \(what)")
    }
}
