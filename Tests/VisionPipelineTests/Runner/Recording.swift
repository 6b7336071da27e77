import Foundation
import Testing

/// A place for files that a test's plan writes, and what ffprobe says of them.
struct Recording {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "recording-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appending(path: name).path }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    }

    struct Facts: Equatable {
        var frames: Int
        /// Seconds.
        var duration: Double
        var width: Int
        var height: Int
    }

    /// - Throws: when the file cannot be played.
    func facts(_ name: String) throws -> Facts {
        struct Answer: Decodable {
            struct Stream: Decodable {
                var nb_read_frames: String
                var width: Int
                var height: Int
            }
            struct Format: Decodable { var duration: String }
            var streams: [Stream]
            var format: Format
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/ffprobe")
        process.arguments = [
            "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
            "stream=nb_read_frames,width,height:format=duration", "-of", "json", path(name),
        ]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let answer = try JSONDecoder().decode(Answer.self, from: data)
        let stream = try #require(answer.streams.first)
        return Facts(
            frames: try #require(Int(stream.nb_read_frames)), duration: try #require(Double(answer.format.duration)),
            width: stream.width, height: stream.height)
    }
}
