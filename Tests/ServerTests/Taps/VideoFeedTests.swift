import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// Video as a camera sends it, from its feed to who watches.
@Suite(.timeLimit(.minutes(1)))
struct VideoFeedTests {
    private static func unit(_ number: UInt64, key: Bool = false, bytes: Int = 100, seconds: Double? = nil)
        -> ReceivedUnit
    {
        ReceivedUnit(
            header: UnitHeader(
                tap: 0, coding: .h264, isKey: key, sequence: number,
                captured: Int64((seconds ?? Double(number) / 30) * 1e9), width: 64, height: 64),
            bytes: ByteBuffer(repeating: 7, count: bytes))
    }

    /// All that waits for who watches.
    private static func numbers(_ viewer: VideoViewer) async -> [UInt64] {
        viewer.end()
        var numbers: [UInt64] = []
        while let unit = await viewer.next() { numbers.append(unit.header.sequence) }
        return numbers
    }

    @Test(
        "Who comes begins with the last keyframe; the first who comes has the worker asked, and the last who goes has it stop"
    )
    func beginning() async {
        let changes = Mutex(0)
        let feed = VideoFeed { changes.withLock { $0 += 1 } }
        #expect(!feed.isWanted)
        let first = feed.watch()
        #expect(feed.isWanted && changes.withLock { $0 } == 1)
        for number in 1...20 { feed.publish(Self.unit(UInt64(number), key: number % 8 == 1)) }
        let second = feed.watch()
        #expect(changes.withLock { $0 } == 1 && feed.viewers == 2)
        feed.publish(Self.unit(21))
        feed.leave(first)
        feed.leave(first)
        #expect(await Self.numbers(first) == Array(1...21))
        #expect(await Self.numbers(second) == Array(17...21))
        feed.leave(second)
        #expect(!feed.isWanted && changes.withLock { $0 } == 2)
    }

    @Test("Behind a gap nothing comes before the next keyframe")
    func gap() async {
        let feed = VideoFeed {}
        let viewer = feed.watch()
        for number: UInt64 in [1, 2, 3, 5, 6] { feed.publish(Self.unit(number, key: number == 1)) }
        let late = feed.watch()
        for number: UInt64 in [7, 8, 9] { feed.publish(Self.unit(number, key: number == 8)) }
        #expect(await Self.numbers(viewer) == [8, 9], "what waited was of no use any more, either")
        #expect(viewer.skipped == 6)
        #expect(await Self.numbers(late) == [8, 9])
    }

    @Test("Who takes nothing is cut to a keyframe, and never gets a broken chain", arguments: [1, 200_000])
    func slow(bytes: Int) async {
        let feed = VideoFeed {}
        let viewer = feed.watch()
        // A keyframe each four seconds, for a minute.
        for number in 1...1730 { feed.publish(Self.unit(UInt64(number), key: number % 120 == 1, bytes: bytes)) }
        let numbers = await Self.numbers(viewer)
        #expect(numbers.first.map { $0 % 120 } == 1 && numbers.last == 1730, "\(numbers.first ?? 0)")
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 })
        #expect(numbers.count <= (bytes == 1 ? 380 : 60) + 120, "\(numbers.count)")
        #expect(viewer.skipped == 1730 - numbers.count)
    }

    @Test("Who waits is woken, by a unit, by the end, and by being cancelled")
    func waiting() async throws {
        let feed = VideoFeed {}
        let viewer = feed.watch()
        async let unit = viewer.next()
        feed.publish(Self.unit(1, key: true))
        #expect(await unit?.header.sequence == 1)
        let cancelled = Task { await viewer.next() == nil }
        cancelled.cancel()
        #expect(await cancelled.value)
        let other = feed.watch()
        _ = await other.next()
        async let end = other.next()
        feed.end()
        #expect(await end == nil)
        #expect(await feed.watch().next() == nil, "it is over")
    }

    @Test("Another worker's units begin anew")
    func attempt() async {
        let feed = VideoFeed {}
        let viewer = feed.watch()
        for number: UInt64 in 1...4 { feed.publish(Self.unit(number, key: number == 1)) }
        feed.attemptStarted()
        for number: UInt64 in 1...3 { feed.publish(Self.unit(number, key: number == 1, seconds: 9)) }
        #expect(await Self.numbers(viewer) == [1, 2, 3, 4, 1, 2, 3])
    }

    @Test(
        "What comes when nobody watches any more is nobody's beginning"
    )
    func late() async {
        let feed = VideoFeed {}
        feed.leave(feed.watch())
        for number: UInt64 in 1...5 { feed.publish(Self.unit(number, key: number == 1)) }
        let viewer = feed.watch()
        for number: UInt64 in 40...42 { feed.publish(Self.unit(number, key: number == 40)) }
        #expect(await Self.numbers(viewer) == [40, 41, 42])
    }

    @Test("NAL units are found, whatever start codes and zeros are between")
    func stream() {
        let bytes: [UInt8] = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 0, 1, 0x65, 0, 0, 3, 9, 0, 0, 1]
        let found = bytes.withUnsafeBytes { bytes in ByteStream(bytes: bytes).map { Array(bytes[$0]) } }
        #expect(found == [[0x67, 1, 2], [0x68, 3], [0x65, 0, 0, 3, 9]])
        for bytes: [UInt8] in [[], [0], [0, 0, 1], [1, 2, 3], [0, 0, 0, 0]] {
            #expect(bytes.withUnsafeBytes { Array(ByteStream(bytes: $0)) }.isEmpty)
        }
    }

    @Test(
        "An MP4 file begins with a keyframe that has its parameter sets; times are as the camera's, and other sets are another file"
    )
    func file() throws {
        let start: [UInt8] = [0, 0, 0, 1]
        let sets = start + [0x67, 0x42, 0xC0, 0x1E, 0xD9] + start + [0x68, 0xCE, 0x3C]
        func unit(_ bytes: [UInt8], key: Bool, shown: Int64, captured: Int64? = nil) -> ReceivedUnit {
            ReceivedUnit(
                header: UnitHeader(
                    tap: 0, coding: .h264, isKey: key, sequence: 1, captured: captured ?? shown, shown: shown,
                    width: 64,
                    height: 48),
                bytes: ByteBuffer(bytes: bytes))
        }
        #expect(FragmentedMP4(beginningWith: unit(start + [0x65, 1, 2], key: true, shown: 0)) == nil)
        let key = unit(sets + start + [0x65, 1, 2], key: true, shown: 1_000_000_000)
        var file = try #require(FragmentedMP4(beginningWith: key))
        #expect(String(buffer: file.head).contains("avcC") && file.head.readableBytes > 400)
        var times: [UInt64] = []
        var offsets: [Int32] = []
        for shown: Int64 in [1_000_000_000, 1_100_000_000, 1_050_000_000, 1_200_000_000] {
            let made = file.fragment(of: unit(start + [0x41, 9], key: false, shown: shown))
            let fragment = try #require(made)
            // moof 8, mfhd 16, traf 8, tfhd 16, then tfdt with its time behind 12 bytes; trun's offset is its last.
            times.append(try #require(fragment.getInteger(at: fragment.readerIndex + 60)))
            offsets.append(try #require(fragment.getInteger(at: fragment.readerIndex + 100)))
            #expect(fragment.getInteger(at: fragment.readerIndex, as: UInt32.self) == 104)
            #expect(fragment.readableBytes == 104 + 8 + 6)
        }
        #expect(times == [0, 9000, 9001, 18000] && offsets == [0, 0, -4501, 0])
        // Another worker counts from zero: the file goes on, at the camera's pace.
        var later: [UInt64] = []
        for number: Int64 in 0..<3 {
            let made = file.fragment(
                of: unit(
                    start + [0x41, 9], key: false, shown: number * 100_000_000,
                    captured: 60_000_000_000 + number * 100_000_000))
            later.append(try #require(made?.getInteger(at: 60)))
        }
        #expect(later == [21_000, 30_000, 39_000])
        var other = sets
        other[5] = 0x4D
        let end = file.fragment(of: unit(other + start + [0x65, 1], key: true, shown: 2_000_000_000))
        #expect(end == nil)
    }
}
