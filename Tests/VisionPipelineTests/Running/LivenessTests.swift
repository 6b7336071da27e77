import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Whether a source gives pictures as they are captured is known from the source, however the plan goes on.
@Suite("Liveness", .timeLimit(.minutes(2)))
struct LivenessTests {
    static let spellings = [
        "rtspsrc location=URL latency=100 protocols=tcp ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=t",
        "rtspsrc location=URL protocols=tcp ! rtph264depay ! avdec_h264 ! streamtap name=t",
        "rtspsrc location=URL protocols=tcp ! application/x-rtp,media=video ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=t",
        "rtspsrc location=URL protocols=tcp ! queue ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=t",
        "rtspsrc name=s location=URL protocols=tcp s. ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=t",
        "rtspsrc location=URL protocols=tcp ! decodebin ! streamtap name=t",
        "rtspsrc location=URL protocols=tcp ! rtph264depay ! h264parse ! avdec_h264 ! blur ! streamtap name=t",
        "uridecodebin uri=URL ! streamtap name=t",
        "rtspsrc location=URL ! rtph264depay ! h264parse ! avdec_h264 ! tee name=x x. ! queue ! streamtap name=t x. ! fakesink",
    ]

    @Test("An RTSP camera is live in every spelling, and young at the tap")
    func rtsp() async throws {
        let camera = try await RTSPCamera.start(width: 320, height: 240)
        defer { camera.process.kill() }
        for spelling in Self.spellings {
            let run = try Run(spelling.replacing("URL", with: camera.address))
            try await eventually { run.runner.tapProgress[0].frames > 5 || run.ending != nil }
            let source = try #require(run.runner.sources.first)
            #expect(source.isLive, "\(spelling): \(String(describing: run.ending))")
            #expect(!source.sources.isEmpty)
            try await run.stop()
        }
    }

    @Test("A frozen camera is seen to be silent, in the spelling without caps filter")
    func frozen() async throws {
        let camera = try await RTSPCamera.start(width: 320, height: 240)
        defer { camera.process.kill() }
        let run = try Run(Self.spellings[0].replacing("URL", with: camera.address))
        try await eventually { run.runner.tapProgress[0].frames > 5 }
        camera.process.signal(SIGSTOP)
        try await eventually {
            run.runner.sources[0].lastFrame.map { MonotonicClock.now() - $0 > 2_500_000_000 } == true
        }
        camera.process.signal(SIGCONT)
        #expect(run.runner.sources[0].isLive)
        #expect(run.ending == nil)
        try await run.stop()
    }

    @Test(
        "Test pictures, films, and both together",
        arguments: [
            ("videotestsrc is-live=true ! streamtap name=t", true),
            ("videotestsrc ! streamtap name=t", false),
            ("filesrc location=FILM ! qtdemux ! h264parse ! avdec_h264 ! streamtap name=t", false),
            ("filesrc location=FILM ! decodebin ! streamtap name=t", false),
            ("uridecodebin uri=file://FILM ! streamtap name=t", false),
            (
                "compositor name=c ! streamtap name=t videotestsrc is-live=true ! c. filesrc location=FILM ! decodebin ! c.",
                true
            ),
            ("---\nlive: true\n---\nvideotestsrc ! streamtap name=t", true),
            ("---\nlive: false\n---\nvideotestsrc is-live=true ! streamtap name=t", false),
        ])
    func others(plan: String, isLive: Bool) async throws {
        let film = try Film(frames: 60, fps: 30)
        defer { film.remove() }
        let run = try Run(plan.replacing("FILM", with: film.path))
        try await eventually { run.runner.tapProgress[0].frames > 2 || run.ending != nil }
        #expect(run.runner.sources.map(\.isLive) == [isLive])
        try await run.stop()
    }

    @Test("A slow way holds up neither a tap beside it nor another way")
    func siblings() async throws {
        let (slow, other) = (Recorder.newLog(), Recorder.newLog())
        let run = try Run(
            """
            videotestsrc is-live=true name=camera ! video/x-raw,width=64,height=48,framerate=50/1 ! streamtap name=t
            t. ! probe name=slow id=\(slow.id) delay=200 ! streamtap name=behind
            t. ! probe name=quick id=\(other.id)
            """)
        try await eventually { slow.log.count >= 8 }
        let (tap, quick) = (run.runner.tapProgress[0].frames, other.log.count)
        try await run.stop()
        // Eight slow frames are 1.6 s, in which fifty a second come.
        #expect(tap > 40, "\(tap)")
        #expect(quick > 40, "\(quick)")
        let stage = try #require(run.runner.stages.first { $0.name == "slow" })
        #expect(stage.dropped > 20)
        #expect(run.runner.stages.first { $0.name == "quick" }?.dropped ?? 99 < 20)
        // Nothing waits longer than a turn.
        let ages = zip(slow.log.frames, slow.log.arrivals).dropFirst(2).map { frame, arrival in arrival - frame.captured
        }
        #expect(ages.count >= 6)
        #expect(ages.allSatisfy { $0 < 1_000_000_000 }, "\(ages)")
    }
}
