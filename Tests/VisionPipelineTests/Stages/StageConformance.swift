import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What every stage in the catalogue promises, whatever it does. A new stage is tested by being in the catalogue.
struct StageConformance {
    struct Case: CustomTestStringConvertible {
        let stage: String
        let format: PixelFormat
        var testDescription: String { "\(stage) \(format)" }
    }

    static let names = StageCatalog.builtIn.descriptions.map(\.name)
    static let cases = names.flatMap { name in
        [PixelFormat.i420, .nv12, .gray8].map { Case(stage: name, format: $0) }
    }
    static let sizes = [(1, 1), (2, 1), (1, 3), (3, 2), (13, 7), (33, 17), (64, 48), (101, 75)]

    /// What a stage must be told before it can be made, where its defaults do not do.
    static let needed: [String: [(name: String, value: StageOptions.Given)]] = [
        "undistort": [
            ("fx", .text("50")), ("fy", .text("50")), ("cx", .text("20")), ("cy", .text("15")), ("k1", .text("-0.2")),
        ],
        "resize": [("width", .text("16"))],
        "mask": [("polygons", .text("0.1,0.1 0.6,0.2 0.3,0.7"))],
        "zones": [("zones", .text("a: 0,0 1,0 1,1; b: 0,1 1,0"))],
    ]

    static func make(_ name: String) throws -> any Stage {
        let type = try #require(StageCatalog.builtIn.stage(named: name))
        return try type.init(options: try StageOptions(checking: needed[name] ?? [], against: type.description))
    }

    static func frame(_ format: PixelFormat, _ size: (Int, Int), padding: Int = 0, number: Int = 1) -> Frame {
        TestFrame.make(
            format, width: size.0, height: size.1, colorimetry: Colorimetry(range: .limited, matrix: .bt709),
            padding: padding, sequence: UInt64(number), captured: Int64(number) * 40_000_000
        ) { BlurTests.noise($0 &+ number &* 31, $1, $2) }
    }

    /// Everything of a frame that a viewer could tell.
    struct Content: Equatable {
        var format: PixelFormat
        var colorimetry: Colorimetry
        var size: PictureSize
        var detections: [Detection]?
        var rows: [[[UInt8]]]

        init(_ frame: Frame) {
            format = frame.format
            colorimetry = frame.colorimetry
            size = PictureSize(width: frame.width, height: frame.height)
            detections = frame.detections
            rows = frame.withPlanes { $0.map(BlurTests.rows) }
        }
    }

    /// What came out; a refusal is content too.
    static func process(_ frame: Frame, in stage: inout any Stage) throws -> Content? {
        do { return try stage.take(frame).map(Content.init) } catch is StageError { return nil }
    }

    @Test("takes any size and stride, and says what it gives", arguments: cases)
    func anySize(_ test: Case) throws {
        var results = 0
        for size in Self.sizes {
            for padding in [0, 7] {
                var stage = try Self.make(test.stage)
                let frame = Self.frame(test.format, size, padding: padding, number: 9)
                let result: Frame?
                do { result = try stage.take(frame) } catch is StageError { continue }
                guard let result else { continue }
                results += 1
                #expect(result.sequence == 9 && result.captured == frame.captured)
                #expect(result.width > 0 && result.height > 0)
                result.withPlanes { planes in
                    #expect(planes.count == result.format.planeCount)
                    for (index, plane) in planes.enumerated() {
                        let expected = result.format.planeSize(index, width: result.width, height: result.height)
                        #expect((plane.width, plane.height) == expected)
                        #expect(plane.stride >= plane.width)
                    }
                }
                for detection in result.detections ?? [] {
                    #expect((0...1).contains(detection.score))
                    #expect(detection.box.x.isFinite && detection.box.y.isFinite && detection.center.x.isFinite)
                }
            }
        }
        #expect(results > 0)
    }

    @Test("strides change nothing", arguments: cases)
    func strides(_ test: Case) throws {
        for size in Self.sizes {
            var (first, second) = (try Self.make(test.stage), try Self.make(test.stage))
            let tight = try Self.process(Self.frame(test.format, size), in: &first)
            let padded = try Self.process(Self.frame(test.format, size, padding: 29), in: &second)
            #expect(tight == padded, "\(size)")
        }
    }

    @Test("leaves the frame it is given as it was", arguments: cases)
    func leavesInput(_ test: Case) throws {
        for size in Self.sizes {
            var stage = try Self.make(test.stage)
            let frame = Self.frame(test.format, size, padding: 3)
            let before = Content(frame)
            _ = try Self.process(frame, in: &stage)
            #expect(Content(frame) == before, "\(size)")
        }
    }

    @Test("gives the same for the same, and two of a kind are independent", arguments: cases)
    func sameForSame(_ test: Case) throws {
        var (first, second, other) = (try Self.make(test.stage), try Self.make(test.stage), try Self.make(test.stage))
        for number in 1...4 {
            // A change of size in mid-stream is no reason to differ.
            let size = number == 3 ? (40, 30) : (53, 37)
            let one = try Self.process(Self.frame(test.format, size, number: number), in: &first)
            // A third of the kind works on something else in between.
            _ = try Self.process(Self.frame(test.format, (29, 31), number: number + 50), in: &other)
            let two = try Self.process(Self.frame(test.format, size, number: number), in: &second)
            #expect(one == two)
        }
    }

    @Test("takes whichever format comes next", arguments: names)
    func changingFormat(_ name: String) throws {
        var stage = try Self.make(name)
        for (number, format) in [PixelFormat.i420, .gray8, .nv12, .i420, .gray8].enumerated() {
            let size = (21 + number, 16)
            let result = try Self.process(Self.frame(format, size, number: number + 1), in: &stage)
            #expect(result != nil, "\(number): \(format)")
        }
    }

    @Test("refuses what is no picture with a reason", arguments: names)
    func refusesJPEG(_ name: String) throws {
        var stage = try Self.make(name)
        let error = try #require(throws: StageError.self) {
            try stage.take(TestFrame.jpeg([0xFF, 0xD8, 0xFF, 0xD9], width: 8, height: 8))
        }
        #expect(error.code == .format)
    }

    @Test("lets go of its frames when it goes", arguments: names)
    func releases(_ name: String) throws {
        weak var input: Frame?
        weak var output: Frame?
        do {
            var stage = try Self.make(name)
            for number in 1...3 {
                let frame = Self.frame(.i420, (48, 32), number: number)
                input = frame
                output = try stage.take(frame)
            }
        }
        #expect(input == nil && output == nil)
    }

    /// One picture of the largest size that cameras have; made once, since that takes a while.
    private static let large = frame(.nv12, (3840, 2160))

    @Test("takes a picture of 3840 × 2160", arguments: names)
    func largest(_ name: String) throws {
        var stage = try Self.make(name)
        let result = try #require(try stage.take(Self.large))
        #expect(result.sequence == 1 && result.width > 0 && result.height > 0)
    }

    @Test(
        "ends in time in a plan that is stopped, alone and with workers", arguments: StageCatalog.builtIn.descriptions)
    func cancels(_ description: StageDescription) async throws {
        let options = Self.needed[description.name] ?? []
        let words = options.map { option in
            if case .text(let text) = option.value { "\(option.name)=\"\(text)\"" } else { "" }
        }
        let counts = description.oneAtATime == nil ? ["", "workers=2"] : [""]
        for workers in counts {
            let line = ([description.name] + words + [workers]).joined(separator: " ")
            let run = try Run(
                "videotestsrc is-live=true ! video/x-raw,width=640,height=480,framerate=100/1 ! \(line) ! streamtap name=t"
            )
            try await eventually(within: .seconds(30)) {
                (run.runner.tap("t")?.progress.frames ?? 0) > 0 || run.ending != nil
            }
            let start = ContinuousClock.now
            #expect(try await run.stop().reason == .stopRequested)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("learns nothing from damaged frames", arguments: StageCatalog.builtIn.descriptions.filter(\.learns))
    func damaged(_ description: StageDescription) throws {
        let (clean, disturbed) = (
            StageSlot(try Self.make(description.name), StageMailbox()),
            StageSlot(try Self.make(description.name), StageMailbox())
        )
        func frame(_ number: Int, isDamaged: Bool = false) -> Frame {
            let box = Detection.Box(x: 2, y: 2, width: 9, height: 9)
            return TestFrame.make(
                .gray8, width: 64, height: 48, captured: Int64(number) * 40_000_000, isDamaged: isDamaged,
                detections: [Detection(kind: .motion, label: "thing", score: 1, box: box)]
            ) { BlurTests.noise($0, $1 &+ (isDamaged ? 17 : 0), $2) }
        }
        var last: [Detection]?
        for number in 1...20 {
            if number > 1 {
                let damaged = try #require(try disturbed.process(frame(number * 2, isDamaged: true)))
                #expect(damaged.isDamaged && damaged.detections == last, "it goes on with what was found last")
            }
            let expected = try clean.process(frame(number * 2 + 1))
            last = try disturbed.process(frame(number * 2 + 1))?.detections
            #expect(last == expected?.detections && last != nil)
        }
    }

    @Test("is declared in full", arguments: StageCatalog.builtIn.descriptions)
    func declared(_ description: StageDescription) {
        #expect(description.name.wholeMatch(of: /[a-z][a-z0-9_-]*/) != nil)
        #expect(description.summary.hasSuffix(".") && description.summary.count > 10)
        for option in description.options {
            #expect(option.name.wholeMatch(of: /[a-z][a-z0-9_-]*/) != nil)
            #expect(option.summary.hasSuffix("."), "\(option.name)")
            #expect((option.type == .choice) == (option.choices != nil))
        }
        #expect(!description.input.formats.isEmpty)
        #expect(description.oneAtATime?.hasSuffix(".") != true && description.oneAtATime?.isEmpty != true)
        #expect(description.options.contains { $0.name == "workers" } == (description.oneAtATime == nil))
        #expect(Self.names.filter { $0 == description.name }.count == 1)
    }
}
