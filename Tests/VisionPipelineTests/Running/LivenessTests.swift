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
            ("filesrc location=FILM ! decodebin ! identity sync=true ! streamtap name=t", false),
            ("videotestsrc ! clocksync ! streamtap name=t", false),
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

    static let packets = [
        (
            "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48 ! jpegenc ! rtpjpegpay",
            "udpsrc port=PORT caps=\"application/x-rtp,media=video,encoding-name=JPEG,clock-rate=90000,payload=26\" ! rtpjpegdepay ! streamtap name=t"
        ),
        (
            "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48 ! jpegenc ! rtpjpegpay",
            "udpsrc port=PORT ! application/x-rtp,media=video,encoding-name=JPEG,clock-rate=90000,payload=26 ! rtpjpegdepay ! jpegdec ! blur ! streamtap name=t"
        ),
        (
            "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! x264enc tune=zerolatency key-int-max=5 ! rtph264pay config-interval=-1",
            "udpsrc port=PORT caps=\"application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96\" ! rtph264depay ! h264parse ! avdec_h264 ! streamtap name=t"
        ),
    ]

    @Test("Packets by UDP are live", arguments: packets)
    func byUDP(sender: String, plan: String) async throws {
        // Nobody else takes the number of a port that is held, though not for packets.
        let port = try ReservedPort()
        let camera = try ChildProcess(
            "/usr/bin/env",
            ["gst-launch-1.0"] + sender.split(separator: " ").map(String.init)
                + ["!", "udpsink", "host=127.0.0.1", "port=\(port.number)"])
        defer { camera.kill() }
        let run = try Run(plan.replacing("PORT", with: "\(port.number)"))
        try await eventually { run.runner.tapProgress[0].frames > 5 || run.ending != nil }
        #expect(run.runner.sources.map(\.isLive) == [true], "\(String(describing: run.ending))")
        camera.signal(SIGSTOP)
        try await eventually {
            run.runner.sources[0].lastFrame.map { MonotonicClock.now() - $0 > 2_500_000_000 } == true
        }
        #expect(run.runner.sources[0].fps == 0)
        camera.signal(SIGCONT)
        try await run.stop()
    }

    @Test(
        "A camera over HTTP is live, told or not",
        arguments: [
            "souphttpsrc location=URL ! multipartdemux ! streamtap name=t",
            "souphttpsrc location=URL is-live=true ! multipartdemux ! streamtap name=t",
            "souphttpsrc location=URL ! queue ! multipartdemux ! image/jpeg ! blur ! streamtap name=t",
            "souphttpsrc location=URL do-timestamp=true ! multipartdemux ! jpegdec ! streamtap name=t",
            "curlhttpsrc location=URL ! multipartdemux ! streamtap name=t",
            "uridecodebin uri=URL ! streamtap name=t", "souphttpsrc location=URL ! decodebin ! streamtap name=t",
            "souphttpsrc location=URL ! jpegparse ! streamtap name=t",
            "curlhttpsrc location=URL ! decodebin ! blur ! streamtap name=t",
            "souphttpsrc location=URL ! parsebin ! streamtap name=t",
        ])
    func cameraOverHTTP(plan: String) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        // A decodebin holds back what comes until it has 2 MB.
        let size = plan.contains("decodebin") ? "1280:720" : "64:64"
        try Data(JPEGStructureTests.jpeg(["-quality", "98"], size: size)).write(to: URL(filePath: path))
        let camera = try await MJPEGCamera.start(picture: path)
        defer { camera.process.kill() }
        let run = try Run(plan.replacing("URL", with: camera.address))
        try await eventually { run.runner.tapProgress[0].frames > 5 || run.ending != nil }
        #expect(run.runner.sources.map(\.isLive) == [true], "\(String(describing: run.ending))")
        try await run.stop()
    }

    @Test("A USB camera that is not there is live all the same, and says what is missing")
    func noDevice() async throws {
        let run = try Run("v4l2src device=/dev/nowhere ! streamtap name=t videotestsrc is-live=true ! streamtap name=u")
        try await eventually { run.runner.sources[0].trouble != nil }
        #expect(run.runner.sources[0].isLive && run.runner.sources[0].trouble?.reason == .deviceMissing)
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
