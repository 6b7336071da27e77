import Foundation

/// A camera that can be told to send what no camera should, a process of its own.
public struct UnrulyCamera: Sendable {
    /// H.264 and H.265 over RTSP, JPEG over HTTP.
    public enum Codec: String, Sendable, CaseIterable {
        case h264, h265, jpeg
    }

    public let address: String
    public let process: ChildProcess

    /// Starts a camera and waits until it listens. Its pictures are of 320×240 pixels, 25 a second, every 15th a keyframe.
    public static func start(_ codec: Codec) async throws -> UnrulyCamera {
        let process = try ChildProcess("/usr/bin/python3", [script, codec.rawValue])
        return UnrulyCamera(
            address: try await process.line(containing: "127.0.0.1", within: .seconds(30)), process: process)
    }

    /// Damages the next pictures.
    ///
    /// - Returns: when the first sound one went out after them, a keyframe: microseconds since 1970.
    public func damage(_ count: Int, seed: UInt32) async throws -> Int {
        try process.write("\(seed) \(count)")
        let line = try await process.line(containing: "sound \(seed) ", within: .seconds(30))
        return line.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "unruly-camera.py").path()
}
