import Foundation
import TestSupport

/// Coded pictures that other programs make.
enum CodedVideo {
    /// What a program prints.
    static func output(of program: String, _ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        let output = Pipe.uninherited()
        process.executableURL = URL(filePath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0, !data.isEmpty else {
            throw ProcessFailure("\(program) \(arguments.joined(separator: " ")) made nothing")
        }
        return Array(data)
    }

    /// A moment of ffmpeg's test picture.
    ///
    /// - Parameters:
    ///   - encoding: ffmpeg's options behind the input.
    ///   - format: the container; `h264` and `hevc` are byte streams.
    static func encoded(size: String, _ encoding: String, format: String, seconds: Double = 0.3) throws -> [UInt8] {
        try output(
            of: "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=10:duration=\(seconds)"]
                + encoding.split(separator: " ").map(String.init) + ["-f", format, "-"])
    }
}
