import Foundation
import Glibc
import TestSupport
import Testing

/// How soon a camera that froze is missed: many times, by `make test-faults`.
@Suite("Stalls are noticed in time", .enabled(if: Form.isLong), .timeLimit(.minutes(10)))
struct StallTimesTests {
    @Test("99 of 100 within 3 s")
    func distribution() async throws {
        let server = try await SharedServer.start()
        let cameras = 4
        let rounds = 25
        let times = try await withThrowingTaskGroup(of: [Double].self) { tasks in
            for number in 0..<cameras {
                tasks.addTask {
                    let camera = try await RTSPCamera.start(width: 160, height: 120, fps: 15 + 5 * number, gop: 15)
                    let scene = try await Scene("stall-\(number)", on: server)
                    try await scene.show(camera.address)
                    var times: [Double] = []
                    for _ in 0..<rounds {
                        let start = Date()
                        camera.process.signal(SIGSTOP)
                        let seen = try await scene.event("stalled", from: start, within: 20) { $0.state == "stalled" }
                        times.append(seen.at.timeIntervalSince(start))
                        camera.process.signal(SIGCONT)
                        _ = try await scene.event("running", from: seen.at, within: 60) { $0.state == "running" }
                        // Its pace is known again.
                        try await Task.sleep(for: .seconds(3))
                    }
                    return times
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }.sorted()
        let (half, most) = (times[times.count / 2], times[times.count * 99 / 100])
        print(
            "\(times.count) stalls noticed: p50 \(half.asSeconds), p99 \(most.asSeconds), \(times.last?.asSeconds ?? "") at most"
        )
        #expect(most < 3.5)
        try await FaultTable.shared.add(
            .init(
                number: "5b", injected: "it freezes, \(times.count) times",
                seen: "p50 \(half.asSeconds), p99 \(most.asSeconds) (≤ 3)", over: "", outcome: "stalled, no_frames"))
        server.process.kill()
    }
}
