import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// One instance that something is done to.
struct Scene: Sendable {
    /// What the server wrote down of it.
    struct Event: Sendable {
        var at: Date
        var state: String
        var reason: String?
        var message: String
    }

    /// Programs that are to live as long as it.
    private final class Companions: Sendable {
        let processes = Mutex<[ChildProcess]>([])
    }

    let server: StreamTapProcess
    let id: String
    private let companions = Companions()

    /// - Parameter server: nil: the one that faults share.
    init(_ id: String, on server: StreamTapProcess? = nil) async throws {
        self.id = id
        self.server = if let server { server } else { try await SharedServer.running.value }
    }

    /// Makes the instance, or makes it another one.
    ///
    /// - Parameter plan: its text.
    func play(_ plan: String = TestPlans.camera, _ parameters: [String: String] = [:]) async throws {
        try SharedServer.plans.write(plan, to: "\(id).plan")
        let answer = try await server.http.put("/api/vp/instances/\(id)", ["plan": id, "parameters": parameters])
        guard (200...201).contains(answer.status) else { throw ProcessFailure("\(id): \(answer.text)") }
    }

    /// Plays a camera and waits until its pace is known: one of which too little is, may be silent for ten seconds.
    func show(_ address: String, _ plan: String = TestPlans.camera) async throws {
        try await play(plan, ["camera": address])
        try await eventually("\(id) has run for a while", within: .seconds(60), every: .milliseconds(100)) {
            let instance = try await instance
            guard instance["state"] as? String == "running", let since = Self.time(instance["since"]) else {
                return false
            }
            return Date().timeIntervalSince(since) > 1.5
        }
    }

    /// A camera that lives as long as the scene.
    func keep(_ camera: RTSPCamera) { companions.processes.withLock { $0.append(camera.process) } }

    func keep(_ camera: ScriptedCamera) { companions.processes.withLock { $0.append(camera.process) } }

    /// That have reached its tap `live`.
    var frames: Int {
        get async throws {
            let taps = try await server.http.get("/api/vp/taps/\(id)").json["taps"] as? [String: any Sendable]
            return (taps?["live"] as? [String: any Sendable])?["frame_count"] as? Int ?? 0
        }
    }

    func remove() async throws { _ = try await server.http.delete("/api/vp/instances/\(id)") }

    var instance: [String: any Sendable] { get async throws { try await server.instance(id) } }

    var restarts: Int { get async throws { try await instance["restarts"] as? Int ?? -1 } }

    /// Its only source.
    var source: [String: any Sendable] {
        get async throws { (try await instance["sources"] as? [[String: any Sendable]])?.first ?? [:] }
    }

    // MARK: Events

    func events() async throws -> [Event] {
        let answer = try await server.http.get("/api/vp/events?instance=\(id)&limit=1000")
        return (answer.json["events"] as? [[String: any Sendable]] ?? []).compactMap { event in
            guard let state = event["state"] as? String, let time = Self.time(event["at"]) else { return nil }
            return Event(
                at: time, state: state, reason: event["reason"] as? String, message: event["message"] as? String ?? "")
        }
    }

    /// The first of its events from a moment on that is one of those.
    func event(
        _ what: String, from start: Date, within limit: Double, where isWanted: @Sendable (Event) -> Bool
    ) async throws -> Event {
        try await eventually(
            "\(id): \(what)", within: .seconds(limit), every: .milliseconds(200),
            evidence: { "\((try? await events()) ?? [])" }
        ) {
            // They are told to the millisecond.
            try await events().first { $0.at.timeIntervalSince(start) > -0.002 && isWanted($0) }
        }
    }

    /// When the next try is due, seconds from a moment; 0 while there is none to be waited for.
    func wait(at moment: Date) async throws -> Double {
        max(0, Self.time(try await instance["next_retry_at"])?.timeIntervalSince(moment) ?? 0)
    }

    /// Of an instant as the API writes it.
    static func time(_ value: (any Sendable)?) -> Date? {
        (value as? String).flatMap {
            try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
    }
}

/// The server that most faults happen to, at the same time: none of them may touch another's instance.
enum SharedServer {
    static let plans: TemporaryDirectory = {
        do { return try TemporaryDirectory() } catch { fatalError("no directory for plans: \(error)") }
    }()

    static let running = Task {
        let server = try await start()
        try plans.write(
            "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=5/1 ! streamtap name=live\n",
            to: "bystander.plan")
        try await server.create("bystander")
        return server
    }

    /// What nobody holds any more when the tests end.
    private static let begun = Mutex<[pid_t]>([])
    private static let ending: Void = {
        atexit { SharedServer.begun.withLock { $0 }.forEach { kill(-$0, SIGKILL) } }
    }()

    /// One more, of the same plans.
    static func start(_ arguments: [String] = []) async throws -> StreamTapProcess {
        let server = try await StreamTapProcess.start(
            ["serve", "--max-instances", "200"] + arguments, plans: plans.path,
            cameraNetworks: ["127.0.0.1/32", NetworkNamespace.cameras])
        begun.withLock { $0.append(server.pid) }
        _ = ending
        return server
    }
}
