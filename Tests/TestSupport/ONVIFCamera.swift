import Foundation

/// A camera that is found on its network, a process of its own. What it can do, `onvif-camera.py --help` says.
public struct ONVIFCamera: Sendable {
    /// Of its service.
    public let address: String
    public let process: ChildProcess

    /// Starts a camera and waits until it listens.
    ///
    /// - Parameters:
    ///   - behaviour: one of the script's, for example `laughs`.
    ///   - options: the script's own, for example `["--user", "admin"]`.
    ///   - network: what stands before the command: where it is; nothing: on this machine's loopback address.
    public static func start(
        _ behaviour: String = "sound", _ options: [String] = [], in network: [String] = []
    ) async throws -> ONVIFCamera {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "onvif-camera.py").path()
        let command = network + ["/usr/bin/python3", script, behaviour] + options
        let process = try ChildProcess(command[0], Array(command.dropFirst()))
        return ONVIFCamera(
            address: try await process.line(containing: "/onvif/device_service", within: .seconds(30)), process: process
        )
    }

    /// `127.0.0.1:4711`
    public var authority: String { String(address.dropFirst("http://".count).prefix { $0 != "/" }) }

    public var port: Int { authority.split(separator: ":").last.flatMap { Int($0) } ?? 80 }

    /// What has happened so far: `probe 127.0.0.1`, `ask GetProfiles`, `move 0.5 0.0 - PT1.0S main`.
    public var events: [String] { process.output.split(separator: "\n").dropFirst().map(String.init) }

    /// What happened that begins so.
    public func events(_ prefix: String) -> [String] { events.filter { $0.hasPrefix(prefix) } }
}
