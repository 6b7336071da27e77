import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A camera that stands still for a while and goes on.
@Suite(.timeLimit(.minutes(2)))
struct FrozenCameraTests {
    @Test("Once it goes on, frames are told to be as old as they were before", arguments: ["tcp", "udp"])
    func ages(transport: String) async throws {
        let camera = try await RTSPCamera.start(width: 320, height: 240)
        defer { camera.process.kill() }
        let (id, log) = Recorder.newLog()
        let run = try Run(
            "rtspsrc location=\(camera.address) protocols=\(transport) ! rtph264depay ! h264parse ! avdec_h264 ! probe id=\(id)"
        )
        try await eventually { log.count > 150 }
        // Of the newest second; the middle one, since any single frame may be late on a machine that is busy.
        func age() -> Int64 {
            let newest = zip(log.frames, log.arrivals).suffix(30)
            return newest.map { $1 - $0.captured }.sorted()[newest.count / 2]
        }
        let before = age()
        camera.process.signal(SIGSTOP)
        let frozen = MonotonicClock.now()
        try await eventually { MonotonicClock.now() > frozen + 3_000_000_000 }
        let (count, now) = (log.count, MonotonicClock.now())
        camera.process.signal(SIGCONT)
        try await eventually { log.count > count + 90 && MonotonicClock.now() > now + 6_000_000_000 }
        let after = age()
        try await run.stop()
        #expect(after < before + 60_000_000, "\(before / 1_000_000) → \(after / 1_000_000) ms")
        let frames = log.frames
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time && $0.captured <= $1.captured })
        let gone = Double((frames.last?.time ?? 0) - frames[0].time)
        let passed = Double((log.arrivals.last ?? 0) - log.arrivals[0])
        #expect(abs(gone - passed) < 1e9, "its time is as long as it took")
    }
}
