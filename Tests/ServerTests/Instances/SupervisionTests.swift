import Glibc
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite(.serialized)
struct SupervisionTests {
    @Test("an instance of a test source shows frames, and its worker goes with it")
    func frames() async throws {
        try await TestService.run { service in
            let created = try await service.manager.create(InstanceRequest(plan: "pattern"))
            #expect(created.id == "pattern")
            #expect(created.taps == ["view"])
            let feed = try #require(service.registry.feed(instance: "pattern", tap: "view"))
            let viewer = try await RecordingViewer.watch(feed)
            try await eventually("frames", holds: { viewer.seen.sequences.count >= 10 })
            let running = try await service.until(.running, "pattern")
            #expect(running.reason == nil && running.restarts == 0)
            #expect(running.since.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            #expect(running.stages.map(\.name) == ["gray"])
            try await eventually("a rate", holds: { try await service.manager.instance("pattern").fps > 10 })
            let shown = try await service.manager.instance("pattern")
            let age = try #require(shown.lastFrameAgeMs)
            #expect(age < 2000)

            let pid = try await service.workerPID("pattern")
            let stopping = try await service.manager.delete("pattern")
            #expect(stopping.state == .stopping)
            try await service.untilGone("pattern")
            try await eventually("the end is told", holds: { viewer.seen.end == .stopRequested })
            #expect(kill(pid, 0) == -1 && errno == ESRCH, "reaped")
        }
    }

    @Test("a worker that crashes touches only its own instance, and its viewers stay")
    func crash() async throws {
        try await TestService.run { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern", id: "one"))
            _ = try await service.manager.create(InstanceRequest(plan: "pattern", id: "two"))
            let feed = try #require(service.registry.feed(instance: "one", tap: "view"))
            let viewer = try await RecordingViewer.watch(feed)
            let other = try await RecordingViewer.watch(
                try #require(service.registry.feed(instance: "two", tap: "view")))
            try await eventually("frames of both") {
                viewer.seen.sequences.count > 5 && other.seen.sequences.count > 5
            }
            let pid = try await service.workerPID("one")
            let otherPID = try await service.workerPID("two")
            kill(pid, SIGSEGV)
            let retrying = try await service.until(.retrying, "one")
            #expect(retrying.reason == "worker_crashed")
            #expect(retrying.message?.contains("SIGSEGV") == true)
            #expect(retrying.nextRetryAt != nil)

            let before = viewer.seen.sequences.last ?? 0
            try await eventually("frames again", within: .seconds(20)) {
                (viewer.seen.sequences.last ?? 0) > before + 10
            }
            let again = try await service.until(.running, "one")
            #expect(again.restarts == 1)
            #expect(service.registry.feed(instance: "one", tap: "view") === feed)
            let seen = viewer.seen
            #expect(seen.end == nil)
            #expect(seen.states.suffix(3) == [.retrying, .starting, .running])
            #expect(zip(seen.sequences, seen.sequences.dropFirst()).allSatisfy { $0 < $1 }, "numbers never go back")

            #expect(await service.manager.workerPID(of: "two") == otherPID)
            let untouched = try await service.manager.instance("two")
            #expect(untouched.restarts == 0)
            #expect(other.seen.states.allSatisfy { $0 == .starting || $0 == .running })
        }
    }

    @Test("a frozen worker is found and replaced")
    func frozen() async throws {
        try await TestService.run { service in
            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            try await service.until(.running, "pattern")
            let pid = try await service.workerPID("pattern")
            kill(pid, SIGSTOP)
            let retrying = try await service.until(.retrying, "pattern")
            #expect(retrying.reason == "worker_unresponsive")
            try await service.until(.running, "pattern")
            #expect(try await service.workerPID("pattern") != pid)
        }
    }

    @Test("a camera that refuses is tried again, and says so")
    func refused() async throws {
        let port = try ReservedPort()
        try await TestService.run { service in
            let request = InstanceRequest(
                plan: "camera", parameters: ["camera": .string("rtsp://127.0.0.1:\(port.number)/main")])
            let created = try await service.manager.create(request)
            #expect(created.parameters["pin"] == .string(Redaction.mask))
            let retrying = try await service.until(.retrying, "camera")
            #expect(retrying.reason == "refused")
            #expect(retrying.message?.contains("hunter22") == false)

            let camera = try await RTSPCamera.start(port: port.number)
            try await service.until(.running, "camera", within: .seconds(60))
            camera.process.kill()
            let lost = try await service.until(.retrying, "camera", within: .seconds(30))
            #expect(lost.reason != nil)
        }
    }

    @Test("a film that ends is completed, and its last picture is still there")
    func completed() async throws {
        try await TestService.run { service in
            _ = try await service.manager.create(InstanceRequest(plan: "film"))
            let feed = try #require(service.registry.feed(instance: "film", tap: "view"))
            let completed = try await service.until(.completed, "film")
            #expect(completed.reason == "end_of_stream")
            #expect(completed.restarts == 0)
            let picture = try await feed.snapshot(.asIs)
            #expect(picture.sequence > 0)
            _ = try await service.manager.delete("film")
            try await service.untilGone("film")
        }
    }

    @Test("delete is heard while the camera is unreachable, and while the worker is frozen")
    func deleteInTrouble() async throws {
        try await TestService.run { service in
            let request = InstanceRequest(plan: "camera", parameters: ["camera": .string("rtsp://127.0.0.1:1/main")])
            _ = try await service.manager.create(request)
            try await service.until(.retrying, "camera")
            let stopping = try await service.manager.delete("camera")
            #expect(stopping.state == .stopping)
            try await service.untilGone("camera")

            _ = try await service.manager.create(InstanceRequest(plan: "pattern"))
            kill(try await service.workerPID("pattern"), SIGSTOP)
            let frozen = try await service.manager.delete("pattern")
            #expect(frozen.state == .stopping)
            try await service.untilGone("pattern")
        }
    }

    @Test("shutdown ends all workers at once, frozen ones too")
    func shutdown() async throws {
        try await TestService.run { service in
            var pids: [Int32] = []
            for number in 0..<4 {
                let id = "p\(number)"
                _ = try await service.manager.create(InstanceRequest(plan: "pattern", id: id))
                pids.append(try await service.workerPID(id))
            }
            kill(pids[0], SIGSTOP)
            let start = ContinuousClock.now
            await service.manager.shutdown()
            #expect(ContinuousClock.now - start < .seconds(10))
            for pid in pids { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
            #expect(await service.manager.instances().isEmpty)
            await #expect(throws: ServiceError.self) {
                try await service.manager.create(InstanceRequest(plan: "pattern"))
            }
        }
    }
}
