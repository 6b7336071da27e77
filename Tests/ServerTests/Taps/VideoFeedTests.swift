import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// Video as a camera sends it, from its feed to who watches.
@Suite(.timeLimit(.minutes(1)))
struct VideoFeedTests {
    private static func unit(
        _ number: UInt64, key: Bool = false, bytes: Int = 100, seconds: Double? = nil
    ) -> ReceivedUnit {
        ReceivedUnit(
            header: UnitHeader(
                tap: 0, coding: .h264, isKey: key, sequence: number,
                captured: Int64((seconds ?? Double(number) / 30) * 1e9), width: 64, height: 64),
            bytes: ByteBuffer(repeating: 7, count: bytes))
    }

    /// Watches, takes what it is given while it is ready, and writes down what that was.
    private final class Viewer: VideoSubscriber {
        var isReady = true
        var numbers: [UInt64] = []
        var skipped = 0
        var leading = 0
        var end: FailureReason?

        func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int? {
            numbers.append(unit.ordinal)
            #expect(skipped == 0 || unit.isKey)
            self.skipped += skipped
            if isLeading { leading += 1 }
            return unit.byteCount
        }
        func stateChanged(_ change: InstanceStateChange) {}
        func ended(_ reason: FailureReason) { end = reason }
    }

    private let loop = EmbeddedEventLoop()
    private let numbers = ViewerNumbers()

    private func watch(
        _ feed: VideoFeed, _ viewer: Viewer, patience: Int64 = .max
    ) -> VideoSubscription {
        feed.watch(viewer, patience: patience, numbers: numbers, on: loop)
    }

    private func publish(_ unit: ReceivedUnit, to feed: VideoFeed) {
        feed.publish(unit)
        loop.run()
    }

    @Test(
        "Who comes begins with the last keyframe; the first who comes has the worker asked, and the last who goes has it stop"
    )
    func beginning() {
        let changes = Mutex(0)
        let feed = VideoFeed { changes.withLock { $0 += 1 } }
        #expect(!feed.isWanted)
        let (first, second) = (Viewer(), Viewer())
        let place = watch(feed, first)
        #expect(feed.isWanted && changes.withLock { $0 } == 1)
        for number in 1...20 { publish(Self.unit(UInt64(number), key: number % 8 == 1), to: feed) }
        let other = watch(feed, second)
        #expect(second.numbers == Array(17...20) && second.leading == 4)
        #expect(changes.withLock { $0 } == 1 && feed.viewers == 2)
        publish(Self.unit(21), to: feed)
        #expect(feed.leave(place, on: loop) && !feed.leave(place, on: loop))
        publish(Self.unit(22), to: feed)
        #expect(first.numbers == Array(1...21) && second.numbers == Array(17...22))
        #expect(feed.leave(other, on: loop) && !feed.isWanted && changes.withLock { $0 } == 2)
        #expect(numbers[.video].sent == 27 && numbers[.video].skipped == 0)
    }

    @Test("Behind a gap nothing comes before the next keyframe, and what was missed is told")
    func gap() {
        let feed = VideoFeed {}
        let (viewer, behind, late) = (Viewer(), Viewer(), Viewer())
        _ = watch(feed, viewer)
        let place = watch(feed, behind)
        for number: UInt64 in [1, 2, 3, 5, 6] {
            publish(Self.unit(number, key: number == 1), to: feed)
            behind.isReady = false
        }
        _ = watch(feed, late)
        behind.isReady = true
        place.resume()
        #expect(behind.numbers == [1, 2, 3], "what leads to a picture still does")
        for number: UInt64 in [7, 8, 9] { publish(Self.unit(number, key: number == 8), to: feed) }
        #expect(viewer.numbers == [1, 2, 3, 8, 9] && viewer.skipped == 4)
        #expect(behind.numbers == viewer.numbers && behind.skipped == 4)
        #expect(late.numbers == [8, 9] && late.skipped == 0)
    }

    @Test("Who takes nothing is cut to a keyframe, and never gets a broken chain", arguments: [1, 100_000])
    func slow(bytes: Int) {
        let feed = VideoFeed {}
        let viewer = Viewer()
        let place = watch(feed, viewer)
        // A keyframe each four seconds, for a minute.
        for number in 1...1730 {
            publish(Self.unit(UInt64(number), key: number % 120 == 1, bytes: bytes), to: feed)
            if number == 1 { viewer.isReady = false }
        }
        viewer.isReady = true
        place.resume()
        let rest = viewer.numbers.dropFirst()
        #expect(rest.first.map { $0 % 120 } == 1 && rest.last == 1730, "\(rest.first ?? 0)")
        #expect(zip(rest, rest.dropFirst()).allSatisfy { $1 == $0 + 1 })
        #expect(rest.count <= 301, "\(rest.count)")
        #expect(viewer.skipped == 1729 - rest.count && numbers[.video].skipped == UInt64(viewer.skipped))
    }

    @Test("A live viewer is cut to a later keyframe as soon as what it would get is old; one that records is not")
    func live() {
        let feed = VideoFeed {}
        let (live, recorder) = (Viewer(), Viewer())
        let places = [watch(feed, live, patience: 1_000_000_000), watch(feed, recorder)]
        publish(Self.unit(1, key: true), to: feed)
        (live.isReady, recorder.isReady) = (false, false)
        for number: UInt64 in 2...20 { publish(Self.unit(number), to: feed) }
        (live.isReady, recorder.isReady) = (true, true)
        for place in places { place.resume() }
        #expect(live.numbers == Array(1...20), "not old yet")
        (live.isReady, recorder.isReady) = (false, false)
        for number: UInt64 in 21...80 { publish(Self.unit(number, key: number == 70), to: feed) }
        (live.isReady, recorder.isReady) = (true, true)
        for place in places { place.resume() }
        #expect(live.numbers == Array(1...20) + Array(70...80) && live.skipped == 49)
        #expect(recorder.numbers == Array(1...80))
    }

    @Test("The end comes behind what is there; who comes after it gets nothing")
    func end() {
        let feed = VideoFeed {}
        let viewer = Viewer()
        let place = watch(feed, viewer)
        publish(Self.unit(1, key: true), to: feed)
        feed.end(.stopRequested)
        loop.run()
        #expect(viewer.end == .stopRequested && viewer.numbers == [1])
        #expect(!feed.leave(place, on: loop))
        let late = Viewer()
        _ = watch(feed, late)
        feed.publish(Self.unit(2, key: true))
        loop.run()
        #expect(late.numbers.isEmpty && !feed.isWanted)
    }

    @Test("Another worker's units begin anew; who was behind gets the rest of the old one's first")
    func attempt() {
        let feed = VideoFeed {}
        let (viewer, late) = (Viewer(), Viewer())
        let place = watch(feed, viewer)
        for number: UInt64 in 1...4 {
            publish(Self.unit(number, key: number == 1), to: feed)
            viewer.isReady = false
        }
        feed.attemptStarted()
        _ = watch(feed, late)
        for number: UInt64 in 1...3 { publish(Self.unit(number, key: number == 1, seconds: 9), to: feed) }
        viewer.isReady = true
        place.resume()
        #expect(viewer.numbers == Array(1...7) && viewer.skipped == 0)
        #expect(late.numbers == [5, 6, 7])
    }

    @Test("What comes when nobody watches any more is nobody's beginning, and a worker may begin anew with what it had")
    func late() {
        let feed = VideoFeed {}
        _ = feed.leave(watch(feed, Viewer()), on: loop)
        #expect(!feed.takeDemand())
        for number: UInt64 in 1...5 { publish(Self.unit(number, key: number == 1), to: feed) }
        let viewer = Viewer()
        _ = watch(feed, viewer)
        for number: UInt64 in [38, 39, 30, 31, 32] { publish(Self.unit(number, key: number == 30), to: feed) }
        #expect(viewer.numbers.count == 3 && viewer.skipped == 0)
    }

    @Test("Who comes as the last one goes finds what there is: the worker has not heard of either, and goes on")
    func turning() {
        let feed = VideoFeed {}
        let first = Viewer()
        let place = watch(feed, first)
        #expect(feed.takeDemand())
        for number: UInt64 in 1...3 { publish(Self.unit(number, key: number == 1), to: feed) }
        _ = feed.leave(place, on: loop)
        publish(Self.unit(4), to: feed)
        let second = Viewer()
        let other = watch(feed, second)
        #expect(feed.takeDemand())
        publish(Self.unit(5), to: feed)
        #expect(second.numbers == [1, 2, 3, 4, 5])
        _ = feed.leave(other, on: loop)
        feed.detach()
        publish(Self.unit(6), to: feed)
        let third = Viewer()
        _ = watch(feed, third)
        #expect(third.numbers.isEmpty, "what nobody was there for is nobody's")
    }

    @Test("Whatever times a worker tells, nothing of a file overflows")
    func times() throws {
        var generator = SeededGenerator.announced()
        let sets: [UInt8] = [0, 0, 1, 0x67, 0x42, 0xC0, 0x1E, 0xD9, 0, 0, 1, 0x68, 0xCE, 0, 0, 1, 0x65, 1]
        var file: FragmentedMP4?
        for number: UInt64 in 1...5000 {
            let times = (0..<2).map { _ in
                [Int64.min, .max, .max / 2, 0, .random(in: .min ... .max, using: &generator)]
                    .randomElement(using: &generator) ?? 0
            }
            let unit = SharedUnit(
                ReceivedUnit(
                    header: UnitHeader(
                        tap: 0, coding: .h264, isKey: true, reorderDepth: 16, sequence: number, captured: times[0],
                        shown: times[1], width: .max, height: -1), bytes: ByteBuffer(bytes: sets)), ordinal: number,
                codec: nil)
            if file == nil { file = FragmentedMP4(beginningWith: unit) }
            let head = file?.fragmentHead(of: unit, sampleLength: unit.sampleChunk.readableBytes - 2)
            #expect(head != nil)
        }
    }

    @Test("A set that says by now that pictures come in order is of the same video; other sets are not")
    func sameVideo() throws {
        func sets(_ sequence: [UInt8], _ picture: [UInt8] = [0x68, 1]) throws -> ParameterSets {
            let bytes = [0, 0, 1] + sequence + [0, 0, 1] + picture
            return try #require(bytes.withUnsafeBytes { ParameterSets($0, .h264) })
        }
        let plain = try sets([0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0x84])
        let said = try sets([0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0xC0, 0x44, 0x7A])
        #expect(plain.areOfSameVideo(as: said) && said.areOfSameVideo(as: plain) && plain.areOfSameVideo(as: plain))
        for other in [
            try sets([0x67, 0x42, 0xC0, 0x1F, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0xC0, 0x44, 0x7A]),
            try sets([0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x03, 0x80, 0xBF, 0xE5, 0xC0, 0x44, 0x7A]),
            try sets([0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0xC0, 0x44, 0x7A], [0x68, 2]),
        ] { #expect(!plain.areOfSameVideo(as: other)) }
    }

    @Test("Viewers who come and go while they are served get theirs, each once")
    func crowd() {
        let feed = VideoFeed {}
        let viewers = (0..<250).map { _ in Viewer() }
        var places = viewers.map { watch(feed, $0) }
        for number: UInt64 in 1...30 {
            publish(Self.unit(number, key: number % 5 == 1), to: feed)
            if number == 10 { for place in places[..<50] { _ = feed.leave(place, on: loop) } }
            if number == 20 { places.append(watch(feed, viewers[0])) }
        }
        for (index, viewer) in viewers.enumerated() where index > 0 {
            #expect(viewer.numbers == Array(1...(index < 50 ? 10 : 30)))
        }
        #expect(viewers[0].numbers == Array(1...10) + Array(16...30))
    }

    @Test("What a keyframe says of its video is what browsers call it; its units are found whatever is between them")
    func parameterSets() throws {
        func sets(_ bytes: [UInt8], _ coding: VideoCoding) -> ParameterSets? {
            bytes.withUnsafeBytes { ParameterSets($0, coding) }
        }
        let h264: [UInt8] = [
            0, 0, 0, 1, 0x09, 0xF0, 0, 0, 0, 1, 0x67, 0x64, 0, 0x1F, 0xAC, 0, 0, 1, 0x68, 3, 0, 0, 0, 0, 1, 0x68, 9, 0,
            0,
            1, 0x65, 0, 0, 3, 9,
        ]
        let found = try #require(sets(h264, .h264))
        #expect(found.codec == "avc1.64001f")
        #expect(found.sequence == [[0x67, 0x64, 0, 0x1F, 0xAC]] && found.picture == [[0x68, 3], [0x68, 9]])
        // Main, level 3.1, as x265 writes it; with the bytes that keep start codes out.
        let level: [UInt8] = [0x01, 0x60, 0, 0, 3, 0, 0x90, 0, 0, 3, 0, 0, 3, 0, 0x5D]
        let h265: [UInt8] =
            [0, 0, 1, 0x40, 1, 0x0C, 0, 0, 1, 0x42, 1, 0x01] + level + [0xA0, 0, 0, 1, 0x44, 1, 0xC1]
        let other = try #require(sets(h265, .h265))
        #expect(other.codec == "hev1.1.6.L93.90")
        for bytes: [UInt8] in [[], [0], [0, 0, 1], [1, 2, 3], [0, 0, 0, 0], [0, 0, 1, 0x67], Array(h264[..<16])] {
            #expect(sets(bytes, .h264) == nil)
            #expect(sets(bytes, .h265) == nil)
        }
    }

    @Test(
        "An MP4 file begins with a keyframe that has its parameter sets; times are as the camera's, and other sets are another file"
    )
    func file() throws {
        let start: [UInt8] = [0, 0, 0, 1]
        let sets = start + [0x67, 0x42, 0xC0, 0x1E, 0xD9] + start + [0x68, 0xCE, 0x3C]
        func unit(_ bytes: [UInt8], key: Bool, shown: Int64, captured: Int64? = nil) -> SharedUnit {
            SharedUnit(
                ReceivedUnit(
                    header: UnitHeader(
                        tap: 0, coding: .h264, isKey: key, sequence: 1, captured: captured ?? shown, shown: shown,
                        width: 64,
                        height: 48),
                    bytes: ByteBuffer(bytes: bytes)), ordinal: 1, codec: nil)
        }
        #expect(FragmentedMP4(beginningWith: unit(start + [0x65, 1, 2], key: true, shown: 0)) == nil)
        let key = unit(sets + start + [0x65, 1, 2], key: true, shown: 1_000_000_000)
        var file = try #require(FragmentedMP4(beginningWith: key))
        func fragment(of unit: SharedUnit) -> ByteBuffer? {
            file.fragmentHead(of: unit, sampleLength: unit.sampleChunk.readableBytes - 2)
        }
        #expect(String(buffer: file.head).contains("avcC") && file.head.readableBytes > 400)
        var times: [UInt64] = []
        var offsets: [Int32] = []
        for shown: Int64 in [1_000_000_000, 1_100_000_000, 1_050_000_000, 1_200_000_000] {
            let made = fragment(of: unit(start + [0x41, 9], key: false, shown: shown))
            let fragment = try #require(made)
            // moof 8, mfhd 16, traf 8, tfhd 16, then tfdt with its time behind 12 bytes; trun's offset is its last.
            times.append(try #require(fragment.getInteger(at: fragment.readerIndex + 60)))
            offsets.append(try #require(fragment.getInteger(at: fragment.readerIndex + 100)))
            #expect(fragment.getInteger(at: fragment.readerIndex, as: UInt32.self) == 104)
            #expect(fragment.readableBytes == 104 + 8)
        }
        #expect(times == [0, 9000, 9001, 18000] && offsets == [0, 0, -4501, 0])
        // Another worker counts from zero: the file goes on, at the camera's pace.
        var later: [UInt64] = []
        for number: Int64 in 0..<3 {
            let made = fragment(
                of: unit(
                    start + [0x41, 9], key: false, shown: number * 100_000_000,
                    captured: 60_000_000_000 + number * 100_000_000))
            later.append(try #require(made?.getInteger(at: 60)))
        }
        #expect(later == [21_000, 30_000, 39_000])
        var other = sets
        other[5] = 0x4D
        let end = fragment(of: unit(other + start + [0x65, 1], key: true, shown: 2_000_000_000))
        #expect(end == nil)
    }
}
