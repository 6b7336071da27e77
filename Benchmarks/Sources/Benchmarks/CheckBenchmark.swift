import Foundation

/// `streamtap check` from the shell: process start, worker start, GStreamer and all.
enum CheckBenchmark {
    static func run() throws {
        let program = URL(filePath: FileManager.default.currentDirectoryPath)
            .appending(path: ".build/release/streamtap")
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return }
        let file = FileManager.default.temporaryDirectory
            .appending(path: "benchmark-\(ProcessInfo.processInfo.processIdentifier).plan")
        try Data((ParserBenchmark.plan(elements: 39) + " ! fakesink").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try Comparison(
            rounds: 9, roundTime: 1,
            ours: { count in
                let start = ProcessorTime.wall
                for _ in 0..<count { try check(program, file) }
                return ProcessorTime.wall - start
            })
        Table.section("programs", "wall", "asked")
        Table.row(
            "streamtap check, 40 elements", Table.time(result.ours),
            Table.verdict(result.ours, atMost: 100_000_000, "< 100 ms"))
    }

    private static func check(_ program: URL, _ file: URL) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = ["check", file.path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError.failed("streamtap check") }
    }
}
