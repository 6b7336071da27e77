import Foundation

/// A program in Python that measures whole processes, and prints lines of words with tabs between them.
enum MeasuringProgram {
    /// - Parameter words: the program and what it is told: paths from the repository's root.
    static func rows(_ words: String...) throws -> [[String]] {
        let root = URL(filePath: FileManager.default.currentDirectoryPath)
        let (output, process) = (Pipe(), Process())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = words.map { root.appending(path: $0).path }
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }
}
