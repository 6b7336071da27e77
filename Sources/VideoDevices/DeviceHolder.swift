internal import Plans
internal import Foundation
internal import Glibc

/// A program that has a device open.
public struct DeviceHolder: Sendable, Hashable {
    /// Its process.
    public var pid: Int32
    /// Its name, without the way there.
    public var program: String

    /// Who has which of some devices open, by path: of those whom this process may look at, which is all for root alone.
    ///
    /// Looks at every process: milliseconds, and more where there are thousands.
    public static func of(_ paths: [String]) -> [String: [DeviceHolder]] {
        var devices: [UInt64: [String]] = [:]
        for path in paths { if let device = number(of: path) { devices[device, default: []].append(path) } }
        guard !devices.isEmpty else { return [:] }
        var holders: [String: [DeviceHolder]] = [:]
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in processes.compactMap({ Int32($0) }).sorted() where pid != getpid() {
            let folder = "/proc/\(pid)/fd"
            let open = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let named = open.map { "\(folder)/\($0)" }.filter { link in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: link)).map(mayBeLookedAt) == true
            }
            let held = Set(named.compactMap { number(of: $0) })
            guard !held.isEmpty, let program = program(of: pid) else { continue }
            for path in held.flatMap({ devices[$0] ?? [] }) {
                holders[path, default: []].append(DeviceHolder(pid: pid, program: program))
            }
        }
        return holders
    }

    /// Not what else there may be: to look at a file on a server that is away may take for ever, whatever it is called.
    static func mayBeLookedAt(_ target: String) -> Bool { target.hasPrefix("/dev/") }

    /// As people may be shown it: a program calls itself what it likes.
    static func shown(_ name: String) -> String {
        let shown = name.shown()
        return shown.isEmpty ? "a program" : shown
    }

    /// Nil of whoever is only asking for a moment, as `DeviceQuestion` has it.
    private static func program(of pid: Int32) -> String? {
        let line = (try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))) ?? Data()
        let words = line.split(separator: 0, omittingEmptySubsequences: false).prefix(2).map {
            String(decoding: $0, as: UTF8.self)
        }
        if let name = words.first?.split(separator: "/").last, !name.isEmpty {
            return name.hasSuffix("worker") && words.last == DeviceQuestion.verb ? nil : shown(String(name))
        }
        // Threads of the kernel have no line of a command.
        let name = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
        return shown(name ?? "")
    }

    /// Which device a path leads to; nil of anything else.
    private static func number(of path: String) -> UInt64? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFCHR else { return nil }
        return UInt64(facts.st_rdev)
    }
}
