import Foundation

/// OpenCV in a process of its own, which measures itself and is asked in turn with ours.
final class OpenCV {
    let version: String
    private let process = Process()
    private let requests: FileHandle
    private let answers: FileHandle

    /// Nil where it is not installed.
    init?(frame: Pixels, width: Int, height: Int) {
        let directory = URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "Benchmarks")
        let python = directory.appending(path: ".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else { return nil }
        let picture = FileManager.default.temporaryDirectory
            .appending(path: "benchmark-\(ProcessInfo.processInfo.processIdentifier).raw")
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = python
        process.arguments = [directory.appending(path: "opencv.py").path, picture.path, "\(width)", "\(height)"]
        process.standardInput = input
        process.standardOutput = output
        requests = input.fileHandleForWriting
        answers = output.fileHandleForReading
        do {
            try Data(bytes: frame.memory, count: frame.count).write(to: picture)
            try process.run()
        } catch {
            return nil
        }
        guard let version = Self.line(answers) else { return nil }
        // By now the frame has been read.
        try? FileManager.default.removeItem(at: picture)
        self.version = version
    }

    deinit {
        // It ends when there is nothing more to read.
        try? requests.close()
        process.waitUntilExit()
    }

    /// Nanoseconds of doing it so many times; nil when it is not known there.
    func measure(_ name: String, _ count: Int) throws -> Int64? {
        try requests.write(contentsOf: Data("\(name) \(count)\n".utf8))
        return Self.line(answers).flatMap { Int64($0) }
    }

    private static func line(_ handle: FileHandle) -> String? {
        var bytes: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
