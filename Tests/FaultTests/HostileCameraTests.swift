import Foundation
import Glibc
import TestSupport
import Testing

/// Cameras that would harm whoever looks at them.
@Suite("Hostile cameras", .timeLimit(.minutes(4)))
struct HostileCameraTests {
    /// A sound camera takes the place of a hostile one.
    private static func replace(_ camera: ScriptedCamera, of scene: Scene) async throws {
        camera.process.kill()
        try await camera.process.ended()
        scene.keep(try await ScriptedCamera.start("sound", ["--port", "\(camera.port)", "--size", "160x120"]))
    }

    /// Most memory that a server's only worker has taken, and how much more the server itself.
    private actor Memory {
        private let server: StreamTapProcess
        private let before: Int
        private(set) var most = 0

        init(_ server: StreamTapProcess) throws {
            self.server = server
            before = try ProcessTable.residentKilobytes(of: server.pid)
        }

        func watch() async {
            while !Task.isCancelled {
                for worker in server.workers {
                    most = max(most, (try? ProcessTable.residentKilobytes(of: worker)) ?? 0)
                }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }

        /// In words; the server may not grow.
        func words() throws -> String {
            let growth = try ProcessTable.residentKilobytes(of: server.pid) - before
            #expect(growth < 24 << 10, "the server has grown by \(growth) kB")
            return "worker \(most >> 10) MiB at most, server \(max(0, growth) >> 10) MiB more"
        }
    }

    @Test("18: it answers one byte a second")
    func trickle() async throws {
        let port = try ReservedPort()
        let camera = try await ScriptedCamera.start("trickle", ["--port", "\(port.number)"])
        let scene = try await Scene("trickle", on: SharedServer.start())
        let fault = Fault(
            number: "18", injected: "it answers one byte a second, then another takes its place",
            reasons: ["no_first_frame", "unreachable"], seenWithin: 10, overWithin: 2)
        try await scene.play(TestPlans.camera, ["camera": camera.address])
        try await eventually("it is asked") { !camera.requests("DESCRIBE").isEmpty }
        let stopped = try await scene.stops()
        try await eventually("it is gone") {
            try await scene.server.http.get("/api/vp/instances/\(scene.id)").status == 404
        }
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        } mend: { _ in
            try await Self.replace(camera, of: scene)
        } note: { _ in
            "; DELETE meanwhile: answered after \(stopped.answered.asSeconds), worker gone after \(stopped.gone.asSeconds)"
        }
        scene.server.process.kill()
    }

    struct Flood: Sendable, CustomTestStringConvertible {
        var number: String
        var behaviour: String
        var words: String
        var reasons: Set<String>
        var seenWithin: Double?
        /// Most memory that a worker may take, MiB.
        var most = 300

        var testDescription: String { "\(number): \(words)" }
    }

    static let floods = [
        Flood(
            number: "19", behaviour: "huge-length", words: "its answer is of two gigabytes",
            reasons: ["resource_limit", "camera_error"]),
        Flood(
            number: "20", behaviour: "endless-header", words: "its answer's header never ends",
            reasons: ["resource_limit", "camera_error", "no_first_frame", "unreachable"]),
        Flood(
            number: "23", behaviour: "endless-fragment", words: "it sends one picture without end",
            reasons: ["resource_limit", "camera_error", "no_frames"]),
    ]

    @Test("more than anybody has room for", arguments: floods)
    func flood(_ flood: Flood) async throws {
        let port = try ReservedPort()
        let camera = try await ScriptedCamera.start(
            flood.behaviour, ["--port", "\(port.number)", "--size", "160x120"])
        let server = try await SharedServer.start(["--worker-memory", "256M"])
        let scene = try await Scene("flood-\(flood.number)", on: server)
        let memory = try Memory(server)
        let watching = Task { await memory.watch() }
        defer { watching.cancel() }
        let fault = Fault(
            number: flood.number, injected: "\(flood.words), then another takes its place", reasons: flood.reasons,
            seenWithin: flood.seenWithin, overWithin: 2)
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        } mend: { _ in
            try await Self.replace(camera, of: scene)
        }
        let words = try await memory.words()
        #expect(await memory.most < flood.most << 10, "\(words)")
        try await FaultTable.shared.note(flood.number, words)
        server.process.kill()
    }

    @Test("20: a line of its header is of 200 KB")
    func longHeader() async throws {
        let camera = try await ScriptedCamera.start("long-header", ["--size", "160x120"])
        let scene = try await Scene("long-header")
        let start = Date()
        try await scene.play(TestPlans.camera, ["camera": camera.address])
        let seen = try await scene.event("is judged", from: start, within: 30) { _ in true }
        #expect(seen.state == "running", "\(seen)")
        try await FaultTable.shared.add(
            .init(
                number: "20b", injected: "a line of its answer's header is of 200 KB",
                seen: seen.at.timeIntervalSince(start).asSeconds, over: "no harm",
                outcome: "\(seen.state)\(seen.reason.map { ", \($0)" } ?? "")"))
        try await scene.remove()
    }

    @Test("21: it sends its clients in a circle")
    func circle() async throws {
        let port = try ReservedPort()
        let camera = try await ScriptedCamera.start("redirect", ["--port", "\(port.number)"])
        let server = try await SharedServer.start()
        let scene = try await Scene("circle", on: server)
        let fault = Fault(
            number: "21", injected: "it sends its clients to itself, again and again; then another takes its place",
            reasons: ["camera_error"], seenWithin: 10, overWithin: 2)
        var note = ""
        let before = try ProcessTable.processorSeconds(of: server.pid)
        try await scene.suffer(fault) {
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        } mend: { _ in
            let tries = Set(camera.events.filter { $0.hasPrefix("open ") }).count
            note = "; \(camera.requests("DESCRIBE").count) requests, \(tries) connections"
            #expect(camera.requests("DESCRIBE").count < 40)
            try await Self.replace(camera, of: scene)
        }
        let spent = try ProcessTable.processorSeconds(of: server.pid) - before
        try await FaultTable.shared.note("21", "\(spent.asSeconds) of processor time in all\(note)")
        server.process.kill()
    }

    @Test("22: it sends its clients where no camera may be", arguments: ["metadata", "elsewhere", "api"])
    func elsewhere(_ kind: String) async throws {
        let server = try await SharedServer.running.value
        let other = try await ScriptedCamera.start("sound", ["--host", "127.0.0.2"])
        let target =
            switch kind {
            case "metadata": "rtsp://169.254.169.254/latest/meta-data"
            case "api": "rtsp://127.0.0.1:\(server.http.port)/api/vp/instances"
            default: other.address
            }
        let camera = try await ScriptedCamera.start("redirect", ["--to", target])
        let scene = try await Scene("redirect-\(kind)")
        let start = Date()
        try await scene.play(TestPlans.camera, ["camera": camera.address])
        let seen = try await scene.event("is refused", from: start, within: 30) { $0.state == "retrying" }
        #expect(seen.reason != "no_first_frame", "\(seen)")
        // Its own events tell of connections, and so does the API: workers are not among those that it knows.
        #expect(!other.events.contains { $0.hasPrefix("open") }, "\(other.events)")
        let words = [
            "metadata": "169.254.169.254", "api": "the server's own port",
            "elsewhere": "a host outside --camera-network",
        ]
        try await FaultTable.shared.add(
            .init(
                number: "22" + (kind == "metadata" ? "" : kind == "api" ? "b" : "c"),
                injected: "it sends its clients to \(words[kind] ?? kind)",
                seen: seen.at.timeIntervalSince(start).asSeconds,
                // Of the other two nobody could tell who watches from outside.
                over: kind == "elsewhere" ? "no connection" : "not followed",
                outcome: "\(seen.state), \(seen.reason ?? "")"))
        try await scene.remove()
    }

    @Test("24: it describes fifty streams")
    func manyMedia() async throws {
        let camera = try await ScriptedCamera.start("many-media", ["--size", "160x120"])
        let scene = try await Scene("many-media")
        let start = Date()
        try await scene.show(camera.address)
        #expect(camera.requests("SETUP").count == 1)
        try await FaultTable.shared.add(
            .init(
                number: "24", injected: "it describes fifty streams, with codings of all kinds", seen: "no harm",
                over: "pictures after \(Date().timeIntervalSince(start).asSeconds)",
                outcome: "running; one stream is set up"))
        try await scene.remove()
    }

    @Test("25: its pictures are larger than any memory", arguments: ["H.264", "JPEG"])
    func hugePicture(_ coding: String) async throws {
        let server = try await SharedServer.start()
        let scene = try await Scene("huge-\(coding.count)", on: server)
        let memory = try Memory(server)
        let watching = Task { await memory.watch() }
        defer { watching.cancel() }
        let start = Date()
        var processes: [ChildProcess] = []
        defer { processes.forEach { $0.kill() } }
        if coding == "JPEG" {
            let camera = try await MJPEGCamera.start(picture: Self.hugeJPEG())
            processes.append(camera.process)
            try await scene.play(
                "---\nlive: true\n---\nsouphttpsrc location=\(camera.address) is-live=true ! multipartdemux ! jpegdec ! streamtap name=live\n"
            )
        } else {
            let camera = try await ScriptedCamera.start("huge-picture", ["--size", "160x120"])
            processes.append(camera.process)
            try await scene.play(TestPlans.camera, ["camera": camera.address])
        }
        let seen = try await scene.event("is refused", from: start, within: 60) { $0.state == "retrying" }
        #expect(seen.reason == "unsupported_format", "\(seen)")
        let after = seen.at.timeIntervalSince(start)
        let words = try await memory.words()
        #expect(await memory.most < 200 << 10, "\(words)")
        try await FaultTable.shared.add(
            .init(
                number: coding == "JPEG" ? "25b" : "25",
                injected: coding == "JPEG"
                    ? "a JPEG says it is of 30000×30000 pixels" : "H.264 says it is of 16384×8192 pixels",
                seen: after.asSeconds, over: "never decoded", outcome: "\(seen.state), \(seen.reason ?? ""); \(words)"))
        server.process.kill()
    }

    /// The header of a JPEG of 30000 × 30000 pixels, and what follows in one of few.
    private static func hugeJPEG() throws -> String {
        let folder = try TemporaryDirectory()
        let small = "\(folder.path)/small.jpg"
        let make = Process()
        make.executableURL = URL(filePath: "/usr/bin/ffmpeg")
        make.arguments = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240", "-frames:v", "1", small]
        try make.run()
        make.waitUntilExit()
        var bytes = try Data(contentsOf: URL(filePath: small))
        let frame = try #require(bytes.range(of: Data([0xFF, 0xC0])))
        bytes.replaceSubrange(frame.lowerBound + 5..<frame.lowerBound + 9, with: [0x75, 0x30, 0x75, 0x30])
        let path = "\(folder.path)/huge.jpg"
        try bytes.write(to: URL(filePath: path))
        return path
    }

    @Test("26: its answers are mutated ones")
    func mutated() async throws {
        let server = try await SharedServer.start()
        let (rounds, size) = (Form.number(2, long: 10), Form.number(4, long: 12))
        var generator = SeededGenerator.announced()
        var tries = 0
        var reasons: [String: Int] = [:]
        for _ in 0..<rounds {
            let seed = UInt32.random(in: 1...(.max), using: &generator)
            let camera = try await ScriptedCamera.start("mutated", ["--seed", "\(seed)", "--size", "160x120"])
            // Each connection has mutations of its own.
            var scenes: [Scene] = []
            let start = Date()
            for number in 0..<size {
                let scene = try await Scene("mutated-\(number)", on: server)
                try await scene.play(TestPlans.camera, ["camera": camera.address])
                scenes.append(scene)
            }
            for scene in scenes {
                let seen = try await scene.event("is judged", from: start, within: 40) { _ in true }
                reasons[seen.reason ?? seen.state, default: 0] += 1
                if seen.reason == "worker_crashed" {
                    let file = FaultTable.build.appending(path: "fault-crashes.txt")
                    let known = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                    try Data("\(known)mutated --seed \(seed): \(seen.message)\n".utf8).write(to: file)
                }
            }
            tries += camera.events.count { $0.hasPrefix("open ") }
            for scene in scenes { try await server.remove(scene.id) }
            camera.process.kill()
        }
        #expect(server.process.exit == nil)
        let told = reasons.sorted { $0.key < $1.key }.map { "\($0.value)× \($0.key)" }.joined(separator: ", ")
        try await FaultTable.shared.add(
            .init(
                number: "26", injected: "its answers and descriptions are mutated, \(tries) connections",
                seen: "each judged", over: "the server goes on",
                outcome: "\(told). RTP, H.264, H.265 and JPEG: UnrulyCameraTests, for an hour by `make fuzz-media`"))
        server.process.kill()
    }
}
