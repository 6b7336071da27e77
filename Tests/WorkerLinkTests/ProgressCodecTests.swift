import TestSupport
import Testing
import WorkerLink

/// Reports of progress on the link, by place and without names.
@Suite("Reports on the link") struct ProgressCodecTests {
    /// Nothing in it is as in one that says nothing, wherever that can be.
    static let full: Progress = {
        let rhythm = SourceRhythm(
            known: 7, longest: 8.5, stated: 0.1, survived: 9, lastSign: -3, isAsked: true, allowed: 30)
        var times = DurationHistogram(.work)
        times.record(15_000, times: 3)
        var progress = Progress(
            now: .max, dataBytes: 1 << 40, threads: 12,
            sources: [
                SourceProgress(
                    node: "caméra", frames: .max, lastFrame: .min, dropped: 2, isLive: true, hasEnded: true,
                    interval: 0.04, fps: 24.9, awaitsWholePicture: true, sources: ["one", ""], decodeErrors: 5,
                    warnings: SourceWarning.allCases, part: 3,
                    trouble: SourceTrouble(.noFrames, "\u{0}\"", nextRetry: 4), rebuilds: 6,
                    arrivals: [
                        SourceArrival(
                            source: "one", frames: 1, lastFrame: 2, interval: 3, fps: 4, isLive: true, hasEnded: true,
                            rhythm: rhythm)
                    ], rhythm: rhythm),
                SourceProgress(node: "", frames: 0, lastFrame: nil, isLive: false),
            ],
            taps: [
                TapProgress(
                    tap: "live", frames: 1, lastFrame: 3, fps: 29.97, width: 1, height: 2, encoded: 4, dropped: 5,
                    isDecoding: true,
                    detections: DetectionProgress(
                        frames: 3, framesWithDetections: 2, detections: 4,
                        labels: [
                            LabelProgress(
                                kind: "apriltag", label: "tag36h11:7", id: -7, frames: 2, detections: 3, lastSeen: 9)
                        ], unlisted: 1))
            ],
            stages: [
                StageProgress(
                    name: "soft", stage: "blur", p50Micros: 1.5, p99Micros: 2.25, failed: 1, dropped: 2, times: times)
            ],
            branches: [
                BranchProgress(name: "record", state: .failed, reason: "disk full", frames: 4, dropped: 5)
            ])
        progress.keepAlive = ["camera": .options, "other": .none]
        return progress
    }()

    static func payload(_ progress: Progress) throws -> [UInt8] {
        Array(try progress.message.dropFirst(LinkHeader.size))
    }

    @Test("comes back as it was", arguments: [full, Progress(now: 0)])
    func comesBack(_ progress: Progress) throws {
        #expect(try Progress(payload: Self.payload(progress)) == progress)
    }

    @Test("every value is in the sample: one that was forgotten on the link would not come back")
    func sampleIsFull() throws {
        func children(_ value: Any) -> [String: String] {
            Dictionary(
                Mirror(reflecting: value).children.map { ($0.label ?? "", "\($0.value)") }, uniquingKeysWith: { $1 })
        }
        let full = Self.full
        let source = try #require(full.sources.first)
        let pairs: [(Any, Any)] = [
            (full, Progress(now: 0)), (source, SourceProgress(node: "", frames: 0, lastFrame: nil, isLive: false)),
            (source.rhythm, SourceRhythm()), (full.taps[0], TapProgress(tap: "")),
            (source.arrivals[0], SourceArrival(source: "", frames: 0, lastFrame: nil, isLive: false)),
            (try #require(full.taps[0].detections), DetectionProgress()),
            (
                full.taps[0].detections?.labels[0] as Any,
                LabelProgress(kind: "", label: "", frames: 0, detections: 0, lastSeen: 0)
            ),
            (full.stages[0], StageProgress(name: "", stage: "", p50Micros: 0, p99Micros: 0)),
            (full.branches[0], BranchProgress(name: "", state: .running)),
            (try #require(source.trouble), SourceTrouble(.refused, "")),
        ]
        for (sample, blank) in pairs {
            let (given, none) = (children(sample), children(blank))
            for (name, value) in none { #expect(given[name] != value, "\(type(of: sample)).\(name)") }
        }
    }

    @Test("what is cut, or goes on behind its end, is an error")
    func cut() throws {
        let good = try Self.payload(Self.full)
        for count in good.indices {
            #expect(throws: LinkError.self) { try Progress(payload: Array(good.prefix(count))) }
        }
        #expect(throws: LinkError.self) { try Progress(payload: good + [0]) }
    }

    @Test("what is changed anywhere is a report or an error, never a trap, and takes no memory that it only announces")
    func damaged() throws {
        var generator = SeededGenerator.announced()
        let good = try Self.payload(Self.full)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? Progress(payload: bytes)
        }
        // Now, memory, threads; then as many sources as 32 bits can say.
        #expect(throws: LinkError.self) {
            try Progress(
                payload: [UInt8](repeating: 0, count: 24) + [255, 255, 255, 255] + [UInt8](repeating: 0, count: 64))
        }
    }

    @Test("no number that is none goes either way", arguments: [Double.nan, .infinity])
    func nonsense(_ value: Double) throws {
        let report = Progress(now: 1, taps: [TapProgress(tap: "live", fps: value)])
        #expect(throws: LinkError.self) { try report.message }
        let marked = Progress(now: 1, taps: [TapProgress(tap: "live", fps: 12345.678)])
        var bytes = try Self.payload(marked)
        let pattern = withUnsafeBytes(of: (12345.678).bitPattern.littleEndian) { Array($0) }
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
        bytes.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
        #expect(throws: LinkError.self) { try Progress(payload: bytes) }
    }
}
