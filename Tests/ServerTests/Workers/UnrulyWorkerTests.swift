import Foundation
import Glibc
import NIOCore
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// Programs in the worker's place that do what a worker never should.
@Suite(.serialized)
struct UnrulyWorkerTests {
    private func supervise(_ script: String, _ body: (TestService) async throws -> Void) async throws {
        let file = try TemporaryDirectory().write("#!/bin/sh\n\(script)\n", to: "worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file)
        try await TestService.run(executable: WorkerExecutable(path: file), body)
    }

    /// A shell command that writes these bytes to the link.
    private static func writes(_ bytes: [UInt8]) -> String {
        "printf '" + bytes.map { "\\" + String($0, radix: 8) }.joined() + "' >&0"
    }

    private static func control(_ json: String) -> [UInt8] {
        withUnsafeBytes(of: UInt32(json.utf8.count + 1).littleEndian) { Array($0) } + [1] + Array(json.utf8)
    }

    private static func json(_ message: WorkerMessage) throws -> String {
        String(decoding: try ControlCodec.encode(message).dropFirst(LinkHeader.size), as: UTF8.self)
    }

    private static let hello = #"{"hello":{"version":\#(Link.version),"pid":1}}"#

    @Test(
        "what breaks the link's rules ends the worker, not the server",
        arguments: [
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
            [255, 255, 255, 255, 2, 0],
            [1, 0, 0, 0, 4],
            control("{"),
            control(#"{"hello":{"version":9,"pid":1}}"#),
            control(#"{"compiled":{"_0":{"taps":[],"warnings":[],"finishesFiles":false}}}"#),
            [2, 0, 0, 0, 3, 0],
            control(hello) + [2, 0, 0, 0, 2, 0],
            control(hello) + [2, 0, 0, 0, 3, 0],
            control(hello) + [57, 0, 0, 0, 2] + [UInt8](repeating: 255, count: 56),
        ])
    func violation(bytes: [UInt8]) async throws {
        try await supervise("\(Self.writes(bytes)); exec sleep 60") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_protocol")
        }
    }

    @Test(
        "taps that the plan does not have, more, fewer or two of a name are not believed",
        arguments: [["other"], [], ["view", "other"], ["view", "view"]])
    func foreignTaps(ids: [String]) async throws {
        let plan = CompiledPlan(taps: ids.map { CompiledTap(id: $0, attachPoint: "gray") })
        let compiled = try ControlCodec.encode(WorkerMessage.compiled(plan))
        try await supervise("\(Self.writes(Self.control(Self.hello) + compiled)); exec sleep 60") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_protocol" && retrying.message?.contains("other taps") == true)
            #expect(try await service.manager.instance("pattern").taps == ["view"])
        }
    }

    /// Spaces are JSON, too.
    private static func answer(length: Int) throws -> [UInt8] {
        let answer = StageAnswer(number: 1, outcome: .unknown)
        return control(try json(.stage(answer)) + String(repeating: " ", count: length))
    }

    private static func report(length: Int) throws -> [UInt8] {
        try Progress(now: 1, taps: [TapProgress(tap: String(repeating: "a", count: length))]).message
    }

    @Test(
        "more messages than any plan has, by number or by bytes, end the worker",
        arguments: [
            try answer(length: 1), try answer(length: 100_000), try report(length: 1), try report(length: 100_000),
        ])
    func flood(message: [UInt8]) async throws {
        let flood = try TemporaryDirectory().url.appending(path: "flood")
        let count = message.count < 1000 ? 400 : 100
        try Data(Self.control(Self.hello) + (0..<count).flatMap { _ in message }).write(to: flood)
        try await supervise("cat \(flood.path()) >&0; exec sleep 60") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_protocol")
            #expect(retrying.message?.contains("too many") == true, "\(retrying.message ?? "")")
        }
    }

    @Test("a worker with threads without end is ended")
    func threads() async throws {
        let progress = try Progress(now: 1, threads: 5000).message
        try await supervise("\(Self.writes(Self.control(Self.hello) + progress)); exec sleep 60") {
            service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "resource_limit" && retrying.message?.contains("5000 threads") == true)
        }
    }

    @Test("a worker that exits at once says its last line in its place")
    func exits() async throws {
        try await supervise("echo 'rtsp://me:secret@camera/ is no place'; exit 3") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_crashed")
            #expect(retrying.message?.contains("status 3") == true)
            #expect(retrying.message?.contains("is no place") == true)
            #expect(retrying.message?.contains("secret") == false)
        }
    }

    @Test(
        "why a worker ended is what it said last, a whole line; nothing of it where the end came from outside",
        arguments: [
            ("printf 'first\\nsecond\\n'; exit 3", "the worker exited with status 3: second"),
            ("printf 'first\\nhalf a'; exit 3", "the worker exited with status 3: half a"),
            ("printf 'half '; printf 'a line\\n' >&2; exit 3", "the worker exited with status 3: half a line"),
            ("printf 'first\\n\\n  \\n'; exit 3", "the worker exited with status 3: first"),
            ("echo 'glib said'; kill -ABRT $$", "the worker was ended by SIGABRT: glib said"),
            ("echo 'branch disk failed: no space'; kill -KILL $$", "the worker was ended by SIGKILL"),
            ("echo 'branch disk failed: no space'; kill -TERM $$", "the worker was ended by SIGTERM"),
            ("exit 4", "the worker exited with status 4"),
        ])
    func lastWords(script: String, message: String) async throws {
        try await supervise(script) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            #expect(try await service.until(.retrying, "pattern").message == message)
        }
    }

    @Test("a failed allocation is told from other ends")
    func allocation() async throws {
        try await supervise("echo 'GLib-ERROR: gmem.c:136: failed to allocate 99 bytes'; kill -TRAP $$") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            #expect(try await service.until(.retrying, "pattern").reason == "resource_limit")
        }
    }

    @Test("a log without end is read on, and kept short")
    func talkative() async throws {
        try await supervise("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo last; exit 1") { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.message?.hasSuffix(": last") == true)
        }
    }

    @Test("a worker that ignores every word is killed, with what it started")
    func stubborn() async throws {
        let file = try TemporaryDirectory().url.appending(path: "child")
        let script = "trap '' TERM; sleep 600 & echo $! > \(file.path()); wait; sleep 600"
        try await supervise(script) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let child = try await eventually("the child has started") {
                (try? String(contentsOf: file, encoding: .utf8)).flatMap {
                    Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
                }
            }
            let start = ContinuousClock.now
            _ = try await service.manager.delete("pattern")
            try await service.untilGone("pattern")
            #expect(ContinuousClock.now - start > .seconds(2), "it was asked first")
            try await eventually("the child is gone", holds: { Self.hasEnded(child) })
        }
    }

    @Test("a worker that is not there is tried again")
    func missing() async throws {
        try await TestService.run(executable: WorkerExecutable(path: "/proc/nowhere/streamtap-worker")) { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_start")
        }
    }

    /// Gone, or dead and waiting for whoever adopted it.
    private static func hasEnded(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.hasPrefix(" Z") == true
    }
}
