import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What runs short")
    struct WorkerLimitTests {
        @Test(
            "A worker that wants more memory than it may have is told from one that crashed, and the server does not grow"
        )
        func memory() async throws {
            let server = try await StreamTapProcess.serving(
                [
                    "huge": """
                    videotestsrc is-live=true ! video/x-raw,format=ARGB,width=7680,height=4320,framerate=5/1
                      ! queue max-size-bytes=0 max-size-buffers=100 ! videoconvert ! blur ! streamtap

                    """, "cam": TestPlans.live,
                ], arguments: ["--worker-memory", "256M"])
            try await server.create("cam")
            _ = try await server.watch("cam", "grey").picture()
            let answer = try await server.http.post("/api/vp/instances", ["plan": "huge"])
            #expect(answer.status == 201, "\(answer.text)")
            let instance = try await eventually(
                "the reason is said", within: .seconds(30), evidence: { server.process.output }
            ) {
                let instance = try await server.instance("huge")
                return instance["reason"] as? String == "resource_limit" ? instance : nil
            }
            #expect((instance["message"] as? String)?.contains("256 MiB; --worker-memory gives more") == true)
            #expect(try await server.instance("cam")["state"] as? String == "running")
        }

        @Test("A worker's memory is what its plan comes to")
        func budget() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let worker = try #require(server.workers.first)
            let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8)
            let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max data size") })
            let bytes = try #require(line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) })
            #expect(bytes > 256 << 20 && bytes < 512 << 20, "\(line)")
        }

        @Test("Without descriptors: 503 with words for what is new, and all that runs goes on")
        func descriptors() async throws {
            let plans = try TemporaryDirectory()
            try plans.write(TestPlans.live, to: "cam.plan")
            let server = try await StreamTapProcess(
                ChildProcess(
                    "/bin/sh",
                    [
                        "-c", #"ulimit -n 80; exec "$@""#, "sh", StreamTapProcess.executable("streamtap"), "serve",
                        "--port", "0", "--plans", plans.path,
                    ], environment: try StreamTapProcess.ownState()))
            var ids: [String] = []
            var refusal: HTTPClient.Response?
            while refusal == nil, ids.count < 40 {
                let answer = try await server.http.post("/api/vp/instances", ["plan": "cam"])
                if answer.status == 201, let id = answer.json["id"] as? String {
                    ids.append(id)
                } else {
                    refusal = answer
                }
            }
            let answer = try #require(refusal)
            #expect(answer.status == 503 && answer.text.contains(#""code":"host_exhausted""#), "\(answer.text)")
            #expect(answer.text.contains("file descriptors"))
            #expect(ids.count >= 2, "\(ids)")
            for id in ids {
                try await server.reaches("running", id)
                _ = try await server.snapshot(id, "grey")
            }
            #expect(server.process.exit == nil)
            // What is given back can be had again.
            for id in ids.suffix(2) { try await server.remove(id) }
            try await server.create("cam", id: "again")
            server.process.signal(SIGTERM)
            #expect(try await server.process.ended(within: .seconds(10)) == .status(0))
        }
    }
}
