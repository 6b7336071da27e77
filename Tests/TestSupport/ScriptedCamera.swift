public import Foundation

/// An RTSP camera that does one thing as no camera should, a process of its own. What it can do, `scripted-camera.py --help` says.
public struct ScriptedCamera: Sendable {
    public let address: String
    public let process: ChildProcess

    /// Starts a camera and waits until it listens.
    ///
    /// - Parameters:
    ///   - behaviour: one of the script's, for example `valve`.
    ///   - options: the script's own, for example `["--pace", "50x0.1,9x8"]`.
    ///   - network: where it is; nil: on this machine's own.
    public static func start(
        _ behaviour: String = "sound", _ options: [String] = [], in network: NetworkNamespace? = nil
    ) async throws -> ScriptedCamera {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "scripted-camera.py").path()
        let process = try ChildProcess.start("/usr/bin/python3", [script, behaviour] + options, in: network)
        return ScriptedCamera(
            address: try await process.line(containing: "/main", within: .seconds(30)), process: process)
    }

    /// What has happened so far: `open 1`, `request 1 DESCRIBE rtsp://…`, `expired 1`, `closed 1`.
    public var events: [String] { process.output.split(separator: "\n").map(String.init) }

    public var port: Int { URL(string: address)?.port ?? 0 }

    /// When something has happened, awaited.
    public func moment(_ event: String, within limit: Duration = .seconds(30)) async throws -> Date {
        try await process.moment(event, within: limit)
    }

    /// Sessions that were begun.
    public var sessions: Int { requests("PLAY").count }

    /// What clients have asked for by a method, in order.
    public func requests(_ method: String) -> [String] {
        events.filter { $0.hasPrefix("request ") && $0.contains(" \(method) ") }
    }
}
