import Foundation

/// A camera that sends JPEGs over HTTP, a process of its own.
public struct MJPEGCamera: Sendable {
    public let address: String
    public let process: ChildProcess

    /// Starts a camera and waits until it listens.
    ///
    /// - Parameters:
    ///   - picture: path of a JPEG file, which is sent over and over.
    ///   - cut: every so many pictures one is cut in half; 0: none.
    ///   - hangUp: seconds after which each answer ends; 0: never.
    ///   - status: of each answer; but for 200 it holds nothing.
    public static func start(
        picture: String, cut: Int = 0, hangUp: Double = 0, status: Int = 200
    ) async throws -> MJPEGCamera {
        let process = try ChildProcess(
            "/usr/bin/python3", [script, picture, "--cut", "\(cut)", "--hang-up", "\(hangUp)", "--status", "\(status)"])
        return MJPEGCamera(address: try await process.line(containing: "http://"), process: process)
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "mjpeg-camera.py").path()
}
