import Foundation

/// A program in Python that measures whole processes, and prints lines of words with tabs between them.
enum MeasuringProgram {
    /// - Parameters:
    ///   - words: the program and what it is told: paths from the repository's root.
    ///   - number: what follows them.
    static func rows(_ words: String..., number: String? = nil) throws -> [[String]] {
        let root = URL(filePath: FileManager.default.currentDirectoryPath)
        let (output, process) = (Pipe(), Process())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = words.map { root.appending(path: $0).path } + (number.map { [$0] } ?? [])
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }
}
