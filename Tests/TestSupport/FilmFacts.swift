import Foundation

/// What ffprobe says of a film's pictures after reading all of them.
public struct FilmFacts: Hashable, Sendable {
    public var frames: Int
    /// Seconds; nil where the file does not say, as a stream does not.
    public var duration: Double?
    public var width: Int
    public var height: Int

    /// - Throws: when the file cannot be played.
    public init(of path: String) throws {
        struct Answer: Decodable {
            struct Stream: Decodable {
                var nb_read_frames: String
                var width: Int
                var height: Int
            }
            struct Format: Decodable { var duration: String? }
            var streams: [Stream]
            var format: Format
        }
        let process = Process()
        let output = Pipe.uninherited()
        process.executableURL = URL(filePath: "/usr/bin/ffprobe")
        process.arguments = [
            "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
            "stream=nb_read_frames,width,height:format=duration", "-of", "json", path,
        ]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard let answer = try? JSONDecoder().decode(Answer.self, from: data), let stream = answer.streams.first,
            let frames = Int(stream.nb_read_frames)
        else { throw ProcessFailure("\(path) cannot be played: \(String(decoding: data, as: UTF8.self))") }
        self.frames = frames
        duration = answer.format.duration.flatMap { Double($0) }
        (width, height) = (stream.width, stream.height)
    }
}
