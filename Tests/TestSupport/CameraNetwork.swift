import Foundation
import Glibc

/// Two machines with a wire between them, in network namespaces: nothing leaves them.
public struct CameraNetwork: Sendable {
    /// Addresses of the two, and of their network.
    public static let camera = "10.211.77.2"
    public static let viewer = "10.211.77.1"
    public static let network = "10.211.77.0/24"

    private let names: (camera: String, viewer: String)

    /// What stands before a command so that it runs on the camera's machine.
    public var atCamera: [String] { Self.command(in: names.camera) }
    /// What stands before a command so that it runs on the viewer's machine; its interface is `wire`.
    public var atViewer: [String] { Self.command(in: names.viewer) }

    /// Making them takes rights that a test may not have.
    public static let isPossible: Bool = {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: ip) else { return false }
        let name = "streamtap-try-\(getpid())"
        guard run(["netns", "add", name]) else { return false }
        return run(["netns", "delete", name])
    }()

    public init() throws {
        let number = Int.random(in: 0..<1_000_000)
        names = ("streamtap-camera-\(number)", "streamtap-viewer-\(number)")
        let steps = [
            ["netns", "add", names.camera], ["netns", "add", names.viewer],
            [
                "link", "add", "wire", "netns", names.camera, "type", "veth", "peer", "name", "wire", "netns",
                names.viewer,
            ],
            ["-n", names.camera, "address", "add", Self.camera + "/24", "dev", "wire"],
            ["-n", names.viewer, "address", "add", Self.viewer + "/24", "dev", "wire"],
            ["-n", names.camera, "link", "set", "wire", "up"], ["-n", names.viewer, "link", "set", "wire", "up"],
            ["-n", names.camera, "link", "set", "lo", "up"], ["-n", names.viewer, "link", "set", "lo", "up"],
            ["-n", names.camera, "route", "add", "default", "via", Self.viewer],
            ["-n", names.viewer, "route", "add", "default", "via", Self.camera],
        ]
        for step in steps where !Self.run(step) {
            remove()
            throw ProcessFailure("ip \(step.joined(separator: " ")) fails")
        }
    }

    public func remove() {
        for name in [names.camera, names.viewer] { _ = Self.run(["netns", "delete", name]) }
    }

    private static let ip = "/usr/sbin/ip"

    private static func command(in name: String) -> [String] { [ip, "netns", "exec", name] }

    private static func run(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: ip)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
