import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Taps on a camera's own video, which is decoded while somebody looks.
@Suite(.timeLimit(.minutes(1)))
struct CodedTapTests {
    private static let encoders: [VideoCoding: String] = [
        .h264: "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=900 ! h264parse",
        .h265: "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=900 ! h265parse",
    ]

    /// A camera with a keyframe each half minute.
    private static func camera(_ coding: VideoCoding, size: String = "width=160,height=120") -> String {
        "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,\(size),framerate=30/1 ! "
            + (encoders[coding] ?? "")
    }

    private static func look(_ run: Run, once: UInt64 = 0, stream: Double? = nil) {
        run.runner.demand(
            Demand(generation: 1, wanted: [WantedVariant(tap: "t", variant: .asIs, stream: stream, once: once)]))
    }

    private static func progress(_ run: Run) throws -> TapProgress { try #require(run.runner.tapProgress.first) }

    @Test("Nobody looks: pictures are counted, and none is decoded", arguments: VideoCoding.allCases)
    func unwatched(coding: VideoCoding) async throws {
        let run = try Run("\(Self.camera(coding)) ! streamtap name=t")
        try await eventually { try Self.progress(run).frames > 30 }
        let progress = try Self.progress(run)
        #expect(progress.width == 160 && progress.height == 120 && progress.encoded == 0 && progress.dropped == 0)
        #expect((5...60).contains(progress.fps), "\(progress.fps)")
        #expect(run.runner.tap("t")?.newest == nil && run.pictures.isEmpty)
        let source = try #require(run.runner.sources.first)
        #expect(source.isLive && source.frames > 30 && source.decodeErrors == 0)
        // The last picture of all is made all the same, for who asks later.
        try await run.stop()
        #expect(run.pictures.map(\.jpeg.isEmpty) == [false])
    }

    @Test("Who comes gets the newest picture, however far the last keyframe is", arguments: VideoCoding.allCases)
    func arrival(coding: VideoCoding) async throws {
        let run = try Run("\(Self.camera(coding)) ! streamtap name=t")
        try await eventually { try Self.progress(run).frames > 90 }
        let asked = MonotonicClock.now()
        Self.look(run)
        try await eventually { run.pictures.count > 5 }
        let pictures = run.pictures
        #expect(pictures.allSatisfy { $0.header.width == 160 })
        // Where a machine takes long for what leads to the newest picture, one of those is shown meanwhile.
        let old = pictures.count { $0.header.captured < asked - 500_000_000 }
        #expect(old <= 1, "\(old) of \(pictures.count)")
        #expect(zip(pictures, pictures.dropFirst()).allSatisfy { $0.header.captured < $1.header.captured })
        #expect(pictures.allSatisfy { !$0.header.isDamaged })
        try await run.stop()
    }

    @Test(
        "A camera whose keyframes are far apart is told of, and goes on; one that refreshes its pictures bit by bit has enough"
    )
    func keyframesFarApart() async throws {
        let apart = try Run("\(Self.camera(.h264)) ! streamtap name=t")
        let refreshing = try Run(
            "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
                + "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 intra-refresh=true "
                + "! h264parse ! streamtap name=t")
        try await eventually("it is told", within: .seconds(30)) {
            apart.runner.sources.first?.warnings == [.noKeyframe]
        }
        #expect(try Self.progress(apart).frames > 250)
        #expect(refreshing.runner.sources.first?.warnings == [])
        Self.look(refreshing)
        try await eventually("pictures", within: .seconds(20)) { refreshing.pictures.count > 5 }
        // Nothing leads to the newest picture any more: who looks waits, and nothing fails for that.
        Self.look(apart)
        let frames = try Self.progress(apart).frames
        try await eventually("it goes on") { try Self.progress(apart).frames > frames + 15 }
        try await apart.stop()
        try await refreshing.stop()
    }

    @Test("A picture asked for once is one, and the newest")
    func snapshot() async throws {
        let run = try Run("\(Self.camera(.h264)) ! streamtap name=t")
        try await eventually { try Self.progress(run).frames > 30 }
        for number in 1...3 {
            let asked = MonotonicClock.now()
            Self.look(run, once: UInt64(number), stream: 0)
            try await eventually { run.pictures.last?.header.once == UInt64(number) }
            #expect(try #require(run.pictures.last).header.captured > asked - 1_000_000_000)
        }
        try await run.stop()
    }

    @Test(
        "The same pictures as behind a decoder of the plan's own", arguments: ["", " ! video/x-h264,stream-format=avc"])
    func same(form: String) async throws {
        let film = try Film(frames: 25, fps: 25)
        defer { film.remove() }
        var last: [[UInt8]] = []
        for way in ["\(form) ! streamtap name=t", " ! avdec_h264 ! streamtap name=t"] {
            let run = try Run("filesrc location=\(film.path) ! qtdemux ! h264parse\(way)")
            #expect(try await run.end().reason == .endOfStream)
            last.append(try #require(run.pictures.last).jpeg)
        }
        #expect(last[0] == last[1])
    }

    @Test("A film that somebody looks at is shown to its last picture")
    func film() async throws {
        let film = try Film(frames: 50, fps: 25)
        defer { film.remove() }
        var last: [EncodedFrame] = []
        for way in ["", " ! avdec_h264"] {
            let run = try Run("filesrc location=\(film.path) ! qtdemux ! h264parse\(way) ! streamtap name=t")
            Self.look(run)
            #expect(try await run.end().reason == .endOfStream)
            #expect(run.pictures.count > 5, "\(way) \(run.pictures.count)")
            last.append(try #require(run.pictures.last))
        }
        #expect(last[0].jpeg == last[1].jpeg)
    }

    @Test("What a stage has found is found again behind an encoder")
    func detections() async throws {
        let run = try Run(
            "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "
                + "motion threshold=20 ! x264enc tune=zerolatency ! h264parse ! streamtap name=t")
        try await eventually { try Self.progress(run).frames > 10 }
        Self.look(run)
        try await eventually {
            run.pictures.contains { String(decoding: $0.detections, as: UTF8.self).contains("box") }
        }
        try await run.stop()
    }

    @Test("Another size in the middle is another picture")
    func resized() async throws {
        let run = try Run(
            "videotestsrc is-live=true ! alternate each=20 ! x264enc tune=zerolatency speed-preset=ultrafast ! h264parse ! "
                + "streamtap name=t")
        try await eventually { try Self.progress(run).frames > 5 }
        Self.look(run)
        try await eventually { Set(run.pictures.map(\.header.width)).count > 1 }
        try await run.stop()
    }

    @Test("Stages take pictures: the plan has to decode for them")
    func stages() throws {
        for end in ["motion ! streamtap", "tee name=x  x. ! motion ! streamtap  x. ! streamtap"] {
            let plan = "\(Self.camera(.h264)) ! \(end)"
            let error = try #require(throws: PlanError.self) { try Run(plan) }
            #expect(error.diagnostics.contains { $0.hint?.contains("decode before this point") == true }, "\(plan)")
        }
    }
}
