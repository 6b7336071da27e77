import Foundation
import Glibc
import Synchronization

/// A network of its own for a camera, which a test can cut off without a word to anybody.
///
/// It is held by a process that ends with its input: when that ends, whatever ended it, the kernel takes network and link away.
public struct NetworkNamespace: Sendable {
    /// Addresses for measurements, which are nobody's (RFC 2544): cameras are here.
    public static let cameras = "198.18.0.0/15"

    /// Of the camera.
    public let address: String
    private let ours: String
    private let link: String
    private let holder: ChildProcess

    /// Nil where it is possible; otherwise what is missing, in words.
    public static let obstacle: String? = {
        for program in [ip, nsenter, unshare] where access(program, X_OK) != 0 { return "there is no \(program)" }
        guard getuid() == 0 else { return "only root can make networks" }
        let trial = Process()
        trial.executableURL = URL(filePath: unshare)
        trial.arguments = ["--net", ip, "link", "add", "trial", "type", "veth", "peer", "name", "trial-peer"]
        trial.standardError = FileHandle.nullDevice
        do { try trial.run() } catch { return "\(error)" }
        trial.waitUntilExit()
        return trial.terminationStatus == 0 ? nil : "the kernel lets nobody make networks here"
    }()

    /// Makes one, with a link to this machine.
    public static func make() async throws -> NetworkNamespace {
        let holder = try ChildProcess(unshare, ["--net", "/bin/sh", "-c", "echo ready; exec cat"])
        _ = try await holder.line(containing: "ready")
        let number = made.withLock { number in
            defer { number += 1 }
            return number
        }
        // Tests of two processes at a time have different ids.
        let place = (Int(getpid()) * 32 + number) % (1 << 15)
        let network = "198.\(18 + place >> 14).\(place >> 6 & 0xFF)."
        let first = (place & 0x3F) << 2
        let namespace = NetworkNamespace(
            address: "\(network)\(first + 2)", ours: "\(network)\(first + 1)", link: "st\(getpid())-\(number)",
            holder: holder)
        try await namespace.begin()
        return namespace
    }

    private func begin() async throws {
        try await Self.run(
            Self.ip, ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", "\(holder.pid)"])
        try await Self.run(Self.ip, ["address", "add", "\(ours)/30", "dev", link])
        try await Self.run(Self.ip, ["link", "set", link, "up"])
        try await inside(Self.ip, ["address", "add", "\(address)/30", "dev", "eth0"])
        try await inside(Self.ip, ["link", "set", "eth0", "up"])
        try await inside(Self.ip, ["link", "set", "lo", "up"])
    }

    /// What is to be started instead of a program, so that it runs in this network.
    public func command(_ program: String, _ arguments: [String]) -> (program: String, arguments: [String]) {
        (Self.nsenter, ["--target", "\(holder.pid)", "--net", program] + arguments)
    }

    /// Nothing that is sent in it arrives any more: a cable that somebody has pulled at the far end of the house.
    public func cut() async throws { try await inside(Self.ip, ["route", "add", "blackhole", "\(ours)/32"]) }

    public func heal() async throws { try await inside(Self.ip, ["route", "delete", "blackhole", "\(ours)/32"]) }

    /// Lets so much through, and drops the rest.
    public func narrow(kilobits: Int) async throws {
        try await inside(
            Self.tc,
            ["qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "\(kilobits)kbit"]
                + ["burst", "8kb", "latency", "20ms"])
    }

    public func widen() async throws { try await inside(Self.tc, ["qdisc", "delete", "dev", "eth0", "root"]) }

    public func remove() { holder.kill() }

    private func inside(_ program: String, _ arguments: [String]) async throws {
        let (program, arguments) = command(program, arguments)
        try await Self.run(program, arguments)
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let process = try ChildProcess(program, arguments)
        guard try await process.ended() == .status(0) else {
            throw ProcessFailure("\(program) \(arguments.joined(separator: " ")): \(process.output)")
        }
    }

    private static let made = Mutex(0)
    private static let ip = "/usr/sbin/ip"
    private static let tc = "/usr/sbin/tc"
    private static let nsenter = "/usr/bin/nsenter"
    private static let unshare = "/usr/bin/unshare"
}

extension ChildProcess {
    /// Starts a program in a network; one that takes `--host` is told its address there.
    static func start(
        _ executable: String, _ arguments: [String], in network: NetworkNamespace?
    ) throws -> ChildProcess {
        guard let network else { return try ChildProcess(executable, arguments) }
        let command = network.command(executable, arguments + ["--host", network.address])
        return try ChildProcess(command.program, command.arguments)
    }
}
