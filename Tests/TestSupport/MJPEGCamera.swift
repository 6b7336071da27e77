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
    ///   - host: an address of this machine that it listens at.
    ///   - password: of the user `me`, which it asks for.
    ///   - to: where it sends its clients.
    public static func start(
        picture: String, cut: Int = 0, hangUp: Double = 0, status: Int = 200, host: String = "127.0.0.1",
        password: String? = nil, to: String? = nil
    ) async throws -> MJPEGCamera {
        var arguments = [
            script, picture, "--cut", "\(cut)", "--hang-up", "\(hangUp)", "--status", "\(status)", "--host", host,
        ]
        if let password { arguments += ["--password", password] }
        if let to { arguments += ["--to", to] }
        let process = try ChildProcess("/usr/bin/python3", arguments)
        return MJPEGCamera(address: try await process.line(containing: "http://"), process: process)
    }

    /// What it was asked for so far: `request /main with a password`, `request / without`.
    public var requests: [String] {
        process.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("request ") }
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "mjpeg-camera.py").path()
}
