import CGStreamer
import Foundation
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// When a coded point decodes, and what it keeps for that.
@Suite(.timeLimit(.minutes(1)))
struct CodedPointTests {
    /// Takes frames while it is told to want some.
    private final class Looker: FrameReceiver {
        private struct State {
            var wants = false
            var frames: [Frame] = []
            var passed = 0
            var forgotten = 0
        }
        private let state = Mutex(State())

        var frames: [Frame] { state.withLock(\.frames) }
        var passed: Int { state.withLock(\.passed) }
        var forgotten: Int { state.withLock(\.forgotten) }
        var wantsFrames: Bool {
            get { state.withLock(\.wants) }
            set { state.withLock { $0.wants = newValue } }
        }

        func offer(_ frame: Frame) { state.withLock { $0.frames.append(frame) } }
        func pass(at arrival: Int64, width: Int, height: Int) { state.withLock { $0.passed += 1 } }
        func forgetNewest() { state.withLock { $0.forgotten += 1 } }
    }

    /// Keeps the units of a pipeline of 30 pictures a second, arriving as their times say. Read by one streaming thread.
    private final class Units: SampleReceiver, @unchecked Sendable {
        private var reader = FrameReader(limit: PictureLimit(), orientation: StreamOrientation())
        private let all = Mutex<[AccessUnit]>([])
        var units: [AccessUnit] { all.withLock { $0 } }

        func receive(_ sample: OpaquePointer) {
            let arrival = Int64(units.count) * 33_333_333
            guard let unit = reader.readUnit(sample, arrival: arrival)?.unit else { return }
            all.withLock { $0.append(unit) }
        }
        func prerolled() {}
        func endOfStream() {}
        deinit { reader.close() }
    }

    static func units(_ count: Int, keyframes: Int, size: String = "width=160,height=120") async throws
        -> [AccessUnit]
    {
        try GStreamer.initialize()
        let parsed = try #require(
            gst_parse_launch(
                "videotestsrc num-buffers=\(count) pattern=ball ! video/x-raw,format=I420,\(size),framerate=30/1 ! "
                    + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=\(keyframes) ! h264parse config-interval=-1 ! "
                    + "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=out sync=false", nil))
        gst_object_ref_sink(parsed)
        let pipeline = PipelineHandle(owning: parsed)
        let taken = Units()
        let sink = parsed.child(named: "out")
        if let sink { AppSink.connect(sink, to: taken) }
        _ = pipeline.set(.playing)
        do {
            try await eventually { taken.units.count == count }
        } catch {
            pipeline.stop()
            throw error
        }
        pipeline.stop()
        return taken.units
    }

    private static func point(_ looker: Looker) -> CodedPoint {
        let point = CodedPoint(
            .h264, receiver: looker, limit: PictureLimit(), counting: DecodeCounts(), metadata: nil, keepsPlaces: true)
        point.begin(with: FrameClock(isLive: true))
        return point
    }

    @Test("It decodes from the last keyframe on for who comes, and ten seconds beyond the last who looks")
    func life() async throws {
        let looker = Looker()
        let point = Self.point(looker)
        let units = try await Self.units(400, keyframes: 50)
        #expect(units.count == 400 && units.count(where: \.isKey) == 8)
        for unit in units[..<40] { point.offer(unit) }
        #expect(looker.passed == 40 && looker.frames.isEmpty)
        looker.wantsFrames = true
        point.wake()
        try await eventually { looker.frames.count == 1 }
        #expect(looker.frames[0].sequence == 40, "all since the keyframe were decoded, and the newest of them shown")
        for unit in units[40..<60] { point.offer(unit) }
        try await eventually { looker.frames.count == 21 }
        looker.wantsFrames = false
        for unit in units[60..<355] { point.offer(unit) }
        try await eventually { looker.frames.count == 316 }
        #expect(looker.passed == 40 && looker.forgotten == 0)
        for unit in units[355..<380] { point.offer(unit) }
        // Its decoder is stopped a moment later.
        try await eventually { looker.forgotten == 1 }
        #expect(looker.passed == 60 && looker.frames.count < 325, "\(looker.passed) \(looker.frames.count)")
        point.stop()
    }

    @Test("At the end the last picture is made, once, whoever has looked", arguments: [false, true])
    func end(isWatched: Bool) async throws {
        let looker = Looker()
        let point = Self.point(looker)
        looker.wantsFrames = isWatched
        for unit in try await Self.units(30, keyframes: 100) { point.offer(unit) }
        point.finish(within: 5)
        let last = try #require(looker.frames.last)
        #expect(last.sequence == 30)
        let count = looker.frames.count
        point.finish(within: 5)
        point.endOfStream()
        #expect(looker.frames.count == count)
        point.stop()
        point.wake()
        point.finish(within: 5)
        #expect(looker.frames.count == count)
    }

    @Test("Who wants the video itself gets it from the last keyframe on, and nothing is decoded for that")
    func streams() async throws {
        let looker = Looker()
        let delivered = Mutex<[Int: [UInt64]]>([:])
        let point = CodedPoint(
            .h264, taps: ["a": 0, "b": 1], receiver: looker, limit: PictureLimit(), counting: DecodeCounts(),
            metadata: nil,
            keepsPlaces: true
        ) { unit, tap, number in delivered.withLock { $0[tap, default: []].append(number) } }
        let units = try await Self.units(30, keyframes: 10)
        for unit in units[..<15] { point.offer(unit) }
        point.stream(to: [0])
        for unit in units[15..<18] { point.offer(unit) }
        point.stream(to: [0, 1])
        for unit in units[18..<22] { point.offer(unit) }
        point.stream(to: [1])
        for unit in units[22..<24] { point.offer(unit) }
        #expect(delivered.withLock { $0 } == [0: Array(11...22), 1: Array(11...24)])
        #expect(looker.frames.isEmpty && looker.passed == 24)
        point.stop()
    }

    @Test("Behind a gap nothing is decoded before the next keyframe")
    func gap() async throws {
        let looker = Looker()
        let point = Self.point(looker)
        let units = try await Self.units(60, keyframes: 40)
        for unit in units[..<10] { point.offer(unit) }
        point.lose()
        for unit in units[11..<30] { point.offer(unit) }
        looker.wantsFrames = true
        point.wake()
        for unit in units[30...] { point.offer(unit) }
        point.finish(within: 5)
        #expect(!looker.frames.isEmpty && looker.frames.allSatisfy { $0.captured >= units[40].arrival - 100_000_000 })
        point.stop()
    }
}
