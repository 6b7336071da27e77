import Foundation

/// How old a picture of a real RTSP camera is at a viewer's socket, beside an appsink alone; by a program of its own, which is both
/// the viewer and the appsink.
enum AgeBenchmark {
    static func run() throws {
        let root = URL(filePath: FileManager.default.currentDirectoryPath)
        let (output, process) = (Pipe(), Process())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["Benchmarks/age.py", ".build/release/streamtap", "Tests/TestSupport/rtsp-camera.py"]
            .map { root.appending(path: $0).path }
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        Table.section("age at a viewer, 720p over RTSP, ms", "p50", "p99", "appsink p50", "appsink p99", "asked")
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t").map(String.init)
            let ages = words.dropFirst().compactMap { Double($0) }
            guard let name = words.first, ages.count == 4 else { continue }
            let beyond = max(ages[2] - ages[0] - 2.5, ages[3] - ages[1] - 6)
            Table.row(
                String(name.prefix(43)), words[3], words[4], words[1], words[2],
                Table.verdict(beyond, atMost: 0, "+2.5 +6"))
        }
    }
}
