import Foundation
public import Glibc

/// What /proc says of processes.
public enum ProcessTable {
    public static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(pid_t.init).filter { stat($0)?.parent == parent && stat($0)?.state != "Z" }.sorted()
    }

    /// Whether a process runs; one that has ended and was not awaited does not.
    public static func isRunning(_ pid: pid_t) -> Bool {
        stat(pid).map { $0.state != "Z" } ?? false
    }

    public static func descriptors(of pid: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    public static func threads(of pid: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
    }

    public static func residentKilobytes(of pid: pid_t) throws -> Int {
        let line = read("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let number = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw ProcessFailure("no process \(pid)")
        }
        return number
    }

    /// Processor time of a process and of those of its children that it has waited for, user and system: seconds.
    public static func processorSeconds(of pid: pid_t) throws -> Double {
        let fields = try fields(of: pid)
        guard fields.count > 14 else { throw ProcessFailure("no process \(pid)") }
        return fields[11...14].reduce(0) { $0 + (Double($1) ?? 0) } / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A process's command line, as /proc has it; empty when there is none.
    public static func commandLine(of pid: pid_t) -> String { read("/proc/\(pid)/cmdline") }

    /// Files mapped into a process.
    public static func mappedFiles(of pid: pid_t) -> Set<String> {
        let lines = read("/proc/\(pid)/maps").split(separator: "\n")
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst(5).first.map(String.init) })
    }

    /// Files of /proc say that they are empty; they are read to their end.
    private static func read(_ path: String) -> String {
        guard let data = try? FileHandle(forReadingAtPath: path)?.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func stat(_ pid: pid_t) -> (state: Substring, parent: pid_t)? {
        guard let fields = try? fields(of: pid), fields.count > 1, let parent = pid_t(fields[1]) else { return nil }
        return (fields[0], parent)
    }

    /// Of /proc/PID/stat, from the state on.
    private static func fields(of pid: pid_t) throws -> [Substring] {
        let text = read("/proc/\(pid)/stat")
        // The program's name stands in parentheses and may hold anything.
        guard let end = text.lastIndex(of: ")") else { throw ProcessFailure("no process \(pid)") }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
