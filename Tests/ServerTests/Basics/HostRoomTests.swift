import Foundation
import Glibc
import TestSupport
import Testing

@testable import Server

struct HostRoomTests {
    /// A machine of files.
    private func machine(_ files: [String: String]) throws -> HostRoom {
        let root = try TemporaryDirectory()
        var all = [
            "proc/meminfo": "MemTotal: 4000000 kB\nMemAvailable:    2000000 kB\n",
            "proc/loadavg": "0.50 0.40 0.30 2/345 6789\n", "proc/sys/kernel/threads-max": "30000\n",
            "proc/self/cgroup": "0::/system.slice/streamtap.service\n",
        ]
        all.merge(files) { $1 }
        for (path, text) in all {
            let file = root.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return HostRoom(proc: root.path + "/proc", cgroups: root.path + "/cgroup")
    }

    private static let group = "cgroup/system.slice/streamtap.service"

    @Test("this machine has room")
    func here() { #expect(HostRoom().shortage == nil) }

    @Test(
        "what runs short is named",
        arguments: [
            ([:], nil),
            (["proc/meminfo": "MemAvailable: 50000 kB\n"], "memory"),
            (["proc/meminfo": "nonsense"], nil),
            (["proc/loadavg": "0 0 0 1/29990 1\n"], "processes and threads"),
            (["\(group)/memory.max": "max\n", "\(group)/memory.current": "5000\n"], nil),
            (["\(group)/memory.max": "100000000\n", "\(group)/memory.current": "90000000\n"], "memory"),
            (
                [
                    "\(group)/memory.max": "1000000000\n", "\(group)/memory.current": "990000000\n",
                    "\(group)/memory.stat": "anon 1\ninactive_file 500000000\n",
                ], nil
            ),
            (["\(group)/pids.max": "100\n", "\(group)/pids.current": "60\n"], "processes and threads"),
            // A limit around the service's own.
            (
                ["cgroup/system.slice/pids.max": "100\n", "cgroup/system.slice/pids.current": "200\n"],
                "processes and threads"
            ),
        ] as [([String: String], String?)])
    func short(files: [String: String], word: String?) throws {
        let shortage = try machine(files).shortage
        #expect(word == nil ? shortage == nil : shortage?.contains(word ?? "") == true, "\(shortage ?? "nothing")")
    }
}
