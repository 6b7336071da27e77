public import Foundation
import Glibc

/// A `streamtap` process as a person would start it, on a free port.
public struct StreamTapProcess: Sendable {
    public let process: ChildProcess
    public let http: HTTPClient

    public var pid: pid_t { process.pid }

    /// Starts `streamtap` and waits until it says where it is.
    ///
    /// - Parameters:
    ///   - arguments: `serve`, or `run` with a plan and more options.
    ///   - directory: where it is started; nil: here.
    ///   - port: 0 takes a free one; of no account where the arguments say where to listen, over plain HTTP as the last.
    ///   - cameraNetworks: where cameras may be that the API names; those of the tests are on this machine.
    public static func start(
        _ arguments: [String] = ["serve"], plans: String = pipelines, environment: [String: String] = [:],
        directory: String? = nil, port: Int = 0, cameraNetworks: [String] = ["127.0.0.0/8"]
    ) async throws -> StreamTapProcess {
        let command =
            [executable("streamtap")] + arguments
            + (arguments.contains("--listen") ? [] : ["--port", "\(port)"]) + ["--plans", plans]
            + cameraNetworks.flatMap { ["--camera-network", $0] }
        let process = try ChildProcess(
            "/bin/sh", ["-c", #"cd "$0" && exec "$@""#, directory ?? "."] + command,
            environment: try ownState().merging(environment) { $1 })
        return try await StreamTapProcess(process)
    }

    /// Waits until a `streamtap` says where it is.
    public init(_ process: ChildProcess) async throws {
        let line = try await process.line(containing: "http://", within: .seconds(20))
        // Of several the last one with plain HTTP, perhaps with a path behind it.
        guard let port = line.matches(of: /http:\/\/[^,]*:(\d+)/).last.flatMap({ Int($0.1) }) else {
            throw ProcessFailure("no port in '\(line)'")
        }
        self.process = process
        http = HTTPClient(port: port)
    }

    /// A server that runs plans of the test's own.
    public static func serving(
        _ plans: [String: String], arguments: [String] = [], port: Int = 0
    ) async throws -> StreamTapProcess {
        let directory = try TemporaryDirectory()
        for (name, text) in plans { try directory.write(text, to: "\(name).plan") }
        // The directory is small and the server reads it as long as it lives, so it stays until the tests end.
        return try await start(["serve"] + arguments, plans: directory.path, port: port)
    }

    /// Nothing that one server is told is known to another, nor to that of whoever runs the tests.
    public static func ownState() throws -> [String: String] { ["STREAMTAP_STATE": try TemporaryDirectory().path] }

    public static let pipelines = repository.appending(path: "pipelines").path()
    public static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Executables are built beside the test bundle. `STREAMTAP_PRODUCTS` names the directory of others, to be measured.
    public static func executable(_ name: String) -> String {
        if let products = ProcessInfo.processInfo.environment["STREAMTAP_PRODUCTS"] {
            return URL(filePath: products).appending(path: name).path()
        }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(
            path: name
        )
        .path()
    }

    /// The instance as the API shows it.
    public func instance(_ id: String) async throws -> [String: any Sendable] {
        try await http.get("/api/vp/instances/\(id)").json
    }

    /// Starts an instance and expects 201.
    @discardableResult
    public func create(_ plan: String, id: String? = nil, parameters: [String: Any] = [:]) async throws -> String {
        var body: [String: Any] = ["plan": plan, "parameters": parameters]
        body["id"] = id
        let answer = try await http.post("/api/vp/instances", body)
        guard answer.status == 201, let id = answer.json["id"] as? String else {
            throw ProcessFailure("\(plan): \(answer.status) \(answer.text)")
        }
        return id
    }

    /// Waits until an instance is in a state.
    @discardableResult
    public func reaches(
        _ state: String, _ id: String, within limit: Duration = .seconds(20)
    ) async throws -> [String: any Sendable] {
        try await eventually("\(id) is \(state)", within: limit, evidence: { "\((try? await instance(id)) ?? [:])" }) {
            let instance = try await instance(id)
            return instance["state"] as? String == state ? instance : nil
        }
    }

    public func remove(_ id: String) async throws {
        _ = try await http.delete("/api/vp/instances/\(id)")
        try await eventually("\(id) is gone") { try await http.get("/api/vp/instances/\(id)").status == 404 }
    }

    public func watch(_ instance: String, _ tap: String, _ query: String = "?format=binary") async throws
        -> WebSocketClient
    {
        try await WebSocketClient.connect(port: http.port, path: "/ws/vp/tap/\(instance)/\(tap)\(query)")
    }

    /// The newest picture over HTTP, awaited.
    public func snapshot(_ instance: String, _ tap: String, _ query: String = "") async throws -> JPEGPicture {
        let bytes = try await eventually("a picture of \(tap)") {
            let answer = try await http.get("/api/vp/taps/\(instance)/\(tap)/frame.jpg\(query)")
            return answer.status == 200 ? answer.body : nil
        }
        return try JPEGPicture(decoding: bytes)
    }

    /// Process ids of this server's workers.
    public var workers: [pid_t] { ProcessTable.children(of: pid) }
}
