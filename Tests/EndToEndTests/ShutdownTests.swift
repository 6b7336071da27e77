import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Ends are clean")
    struct ShutdownTests {
        @Test("Ctrl-C and SIGTERM: viewers get 1001, all has ended within 3 s", arguments: [SIGTERM, SIGINT])
        func stoppedServer(signal: CInt) async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam", id: "one")
            try await server.create("cam", id: "two")
            var viewers: [WebSocketClient] = []
            for instance in ["one", "two", "two"] { viewers.append(try await server.watch(instance, "grey")) }
            for viewer in viewers { _ = try await viewer.picture() }
            let workers = server.workers
            #expect(workers.count == 2)

            let start = ContinuousClock.now
            server.process.signal(signal)
            let exit = try await server.process.ended(within: .seconds(6))
            let duration = ContinuousClock.now - start
            #expect(exit == .status(0), "\(server.process.output)")
            #expect(duration < .seconds(3.5), "ended after \(duration)")
            for viewer in viewers { #expect(try await viewer.closeCode() == 1001) }
            #expect(workers.filter(ProcessTable.isRunning).isEmpty)
        }

        @Test("No worker outlives a server that was killed")
        func killedServer() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam", id: "one")
            try await server.create("cam", id: "two")
            _ = try await server.watch("one", "grey").picture()
            let workers = server.workers
            #expect(workers.count == 2)
            server.process.signal(SIGKILL)
            try await eventually("the workers have ended") { workers.allSatisfy { !ProcessTable.isRunning($0) } }
        }

        @Test("DELETE: viewers are told of the end, the worker is gone, and the name is free again")
        func deletedInstance() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "grey")
            _ = try await viewer.picture()
            let worker = try #require(server.workers.first)
            let answer = try await server.http.delete("/api/vp/instances/cam")
            #expect(answer.json["state"] as? String == "stopping")
            let end = try await viewer.next("the end") { event in
                if case .text(let text) = event, text.contains(#""type":"end""#) { text } else { nil }
            }
            #expect(end.contains("stop_requested"))
            #expect(try await viewer.closeCode() == 1000)
            try await eventually("the instance is gone") {
                try await server.http.get("/api/vp/instances/cam").status == 404
            }
            #expect(!ProcessTable.isRunning(worker))
            #expect(try await server.http.get("/api/vp/taps/cam").status == 404)
            try await server.create("cam")
        }

        /// STREAMTAP_TEST_CYCLES=1000 does it more often, and then holds memory to a limit, too.
        @Test(
            "Starting and stopping again and again leaves descriptors and processes exactly, threads and memory nearly where they were",
            .timeLimit(.minutes(30)))
        func manyCycles() async throws {
            let given = ProcessInfo.processInfo.environment["STREAMTAP_TEST_CYCLES"].flatMap { Int($0) }
            let cycles = given ?? 200
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            // An allocator takes its time until it has what it needs.
            try await run(given == nil ? 8 : cycles / 5, on: server)
            try await settled(server)
            let descriptors = try await descriptors(of: server)
            let threads = try ProcessTable.threads(of: server.pid)
            let memory = try ProcessTable.residentKilobytes(of: server.pid)
            try await run(cycles, on: server)
            try await settled(server)
            try await eventually("descriptors are back at \(descriptors)", within: .seconds(20)) {
                try await self.descriptors(of: server) == descriptors
            }
            #expect(try ProcessTable.threads(of: server.pid) <= threads + 4)
            let grown = try ProcessTable.residentKilobytes(of: server.pid) - memory
            print(
                "\(cycles) cycles: \(grown) kB more, \(Double(grown * 100 / cycles) / 100) kB a cycle; \(descriptors) descriptors"
            )
            if given != nil { #expect(grown <= cycles) }
            #expect(try await server.http.get("/api/vp/taps").json["instances"] as? [String: [String: Int]] == [:])
        }

        /// But for connections: those that a client keeps open for its next request come and go.
        private func descriptors(of server: StreamTapProcess) async throws -> Int {
            let metrics = try await server.http.get("/metrics").text
            func number(_ name: String) -> Int {
                let line = metrics.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
                return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
            }
            return number("streamtap_server_open_descriptors") - number("streamtap_connections")
        }

        /// Four at a time, each watched until its first picture.
        private func run(_ cycles: Int, on server: StreamTapProcess) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for lane in 0..<4 {
                    tasks.addTask {
                        for _ in stride(from: lane, to: cycles, by: 4) {
                            let id = try await server.create("cam", id: "cam-\(lane)")
                            let viewer = try await server.watch(id, "grey")
                            _ = try await viewer.picture()
                            try await viewer.close()
                            try await server.remove(id)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        private func settled(_ server: StreamTapProcess) async throws {
            try await eventually("no worker is left") { server.workers.isEmpty }
        }
    }
}
