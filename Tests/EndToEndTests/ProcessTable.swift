import Foundation
import Glibc
import TestSupport

/// What /proc says of processes.
enum ProcessTable {
    static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(pid_t.init).filter { stat($0)?.parent == parent && stat($0)?.state != "Z" }.sorted()
    }

    /// Whether a process runs; one that has ended and was not awaited does not.
    static func isRunning(_ pid: pid_t) -> Bool {
        stat(pid).map { $0.state != "Z" } ?? false
    }

    static func descriptors(of pid: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    static func threads(of pid: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
    }

    static func residentKilobytes(of pid: pid_t) throws -> Int {
        let line = read("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let number = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw ProcessFailure("no process \(pid)")
        }
        return number
    }

    /// A process's command line, as /proc has it; empty when there is none.
    static func commandLine(of pid: pid_t) -> String { read("/proc/\(pid)/cmdline") }

    /// Files mapped into a process.
    static func mappedFiles(of pid: pid_t) -> Set<String> {
        let lines = read("/proc/\(pid)/maps").split(separator: "\n")
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst(5).first.map(String.init) })
    }

    /// Files of /proc say that they are empty; they are read to their end.
    private static func read(_ path: String) -> String {
        guard let data = try? FileHandle(forReadingAtPath: path)?.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func stat(_ pid: pid_t) -> (state: Substring, parent: pid_t)? {
        guard
            case let text = read("/proc/\(pid)/stat"),
            // The program's name stands in parentheses and may hold anything.
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 1, let parent = pid_t(fields[1]) else { return nil }
        return (fields[0], parent)
    }
}
