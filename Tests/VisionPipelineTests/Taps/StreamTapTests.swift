import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

struct StreamTapTests {
    let clock = ManualClock()
    let deliveries = Deliveries()

    func tap(
        defaults: Variant = .asIs, fps: Double? = nil, encoders: EncoderPool? = nil
    ) -> StreamTap {
        StreamTap(
            id: "view", attachPoint: "gray", index: 3, defaults: defaults, fps: fps,
            encoders: encoders ?? self.encoders(),
            clock: { [clock] in clock.now })
    }

    private func encoders() -> EncoderPool {
        EncoderPool(threads: 2) { [deliveries] in deliveries.add($0) }
    }

    static func every(_ variant: Variant = .asIs) -> WantedVariant {
        WantedVariant(tap: "view", variant: variant, stream: nil)
    }

    static func once(_ number: UInt64, _ variant: Variant = .asIs) -> WantedVariant {
        WantedVariant(tap: "view", variant: variant, stream: 0, once: number)
    }

    @Test("holds the newest frame, and encodes nothing while nobody wants it")
    func holdsTheNewest() async throws {
        let tap = tap()
        #expect(tap.newest == nil)
        #expect(tap.progress == TapProgress(tap: "view"))
        for number in 1...5 {
            clock.advance(milliseconds: 40)
            tap.offer(TestFrame.gray(sequence: UInt64(number)))
        }
        #expect(tap.newest?.sequence == 5)
        let progress = tap.progress
        #expect(progress.frames == 5)
        #expect(progress.lastFrame == clock.now)
        #expect(abs(progress.fps - 25) < 0.01)
        #expect((progress.width, progress.height) == (64, 48))
        #expect(progress.encoded == 0 && progress.dropped == 0)
        #expect(deliveries.count == 0)
    }

    @Test("delivers a decodable picture of each frame that is wanted")
    func delivers() async throws {
        let tap = tap()
        tap.demand([Self.every(Variant(width: 32))])
        for number in 1...3 {
            clock.advance(milliseconds: 40)
            tap.offer(
                TestFrame.make(.gray8, width: 64, height: 48, sequence: UInt64(number) + 100, captured: 77) { _, _, _ in
                    200
                })
            try await eventually { deliveries.count == number }
        }
        let frame = try #require(deliveries.all.last)
        #expect(
            frame.header
                == FrameHeader(
                    tap: 3, variant: Variant(width: 32), sequence: 3, captured: 77, encoded: clock.now, width: 32,
                    height: 24))
        #expect(frame.detections.isEmpty)
        let decoded = try DecodedJPEG(frame.jpeg)
        #expect(decoded.width == 32 && decoded.height == 24 && decoded.isGray)
        #expect(abs(decoded[16, 12].green - 200) <= 1)
        #expect(tap.progress.encoded == 3)
    }

    @Test("one encode a frame and variant, however many want it")
    func encodesOnce() async throws {
        let tap = tap(defaults: Variant(width: 32))
        // With the plan's width filled in, these are all the same.
        tap.demand([
            Self.every(), Self.every(Variant(width: 32)), Self.once(4, Variant(width: 32)), Self.every(),
        ])
        tap.offer(TestFrame.gray())
        try await eventually { deliveries.count == 2 }
        tap.demand([Self.every(), Self.every(Variant(width: 32)), Self.once(5, Variant(width: 32))])
        try await eventually { deliveries.count == 3 }
        #expect(tap.progress.encoded == 1)
        #expect(deliveries.all.map(\.header.once) == [0, 4, 5])
        #expect(Set(deliveries.all.map(\.header.variant)) == [.asIs, Variant(width: 32)])
    }

    @Test("a picture wanted once is answered with the newest frame, however old, and once a number")
    func once() async throws {
        let tap = tap()
        tap.offer(TestFrame.gray())
        clock.advance(milliseconds: 3_600_000)
        tap.demand([Self.once(7)])
        try await eventually { deliveries.count == 1 }
        tap.demand([Self.once(7)])
        tap.demand([Self.once(6)])
        tap.demand([Self.once(8)])
        try await eventually { deliveries.count == 2 }
        #expect(deliveries.all.map(\.header.once) == [7, 8])
        tap.offer(TestFrame.gray())
        tap.demand([Self.once(9)])
        try await eventually { deliveries.count == 3 }
        #expect(deliveries.all.map(\.header.sequence) == [1, 1, 2])
    }

    @Test("a picture wanted before there is any waits for the first frame")
    func onceBeforeTheFirst() async throws {
        let tap = tap()
        tap.demand([Self.once(1)])
        tap.offer(TestFrame.gray())
        try await eventually { deliveries.count == 1 }
        #expect(deliveries.all.first?.header.once == 1)
    }

    @Test("who comes to a stream gets the newest frame at once")
    func newcomer() async throws {
        let tap = tap()
        tap.offer(TestFrame.gray())
        tap.demand([Self.every()])
        try await eventually { deliveries.count == 1 }
    }

    @Test("offering never waits for an encode: the newest wins, the lost are counted")
    func neverWaits() async throws {
        let (entered, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let tap = tap(
            encoders: EncoderPool(threads: 1) { [deliveries] in
                deliveries.add($0)
                entered.signal()
                release.wait()
            })
        tap.demand([Self.every()])
        tap.offer(TestFrame.gray())
        await Self.wait(for: entered)
        for _ in 0..<1000 { tap.offer(TestFrame.gray()) }
        #expect(tap.progress.frames == 1001)
        #expect(tap.progress.dropped == 999)
        release.signal()
        await Self.wait(for: entered)
        release.signal()
        #expect(deliveries.all.map(\.header.sequence) == [1, 1001])
        try await eventually { tap.progress.encoded == 2 }
    }

    @Test("the last frame is delivered once more, in each variant demanded and as it is")
    func last() async throws {
        let tap = tap()
        StreamTap.deliverLast(of: [tap])
        #expect(deliveries.count == 0)
        let small = Variant(width: 32)
        tap.demand([Self.every(small)])
        tap.offer(TestFrame.gray())
        try await eventually { deliveries.count == 1 }
        StreamTap.deliverLast(of: [tap])
        #expect(deliveries.all.dropFirst().map(\.header.variant).contains(.asIs))
        #expect(deliveries.count == 3)
        #expect(tap.progress.encoded == 2)
        StreamTap.deliverLast(of: [tap])
        #expect(deliveries.count == 5)
        #expect(tap.progress.encoded == 2)
    }

    /// The pace of a source that is faster than the encoders, in microseconds.
    private static let sourceInterval: useconds_t = 2000

    @Test("the last frames of all taps come while a source runs that is faster than the encoders")
    func lastOfARunningSource() async throws {
        let entered = DispatchSemaphore(value: 0)
        let over = Flag()
        let encoders = encoders()
        let taps = (0..<6).map { _ in tap(encoders: encoders) }
        // An encode takes tens of milliseconds.
        let frame = TestFrame.make(.i420, width: 3840, height: 2160) { _, x, y in UInt8(truncatingIfNeeded: x &* y) }
        DispatchQueue.global().async { [taps] in
            while !over.isSet {
                for tap in taps { tap.offer(frame) }
                entered.signal()
                usleep(Self.sourceInterval)
            }
        }
        await Self.wait(for: entered)
        let start = ContinuousClock.now
        StreamTap.deliverLast(of: taps, within: 60)
        let took = ContinuousClock.now - start
        let count = deliveries.count
        over.set()
        #expect(count == taps.count)
        #expect(took < .seconds(60), "it returns once all are there")
    }

    @Test("a frame that is no picture is counted and ends nothing")
    func brokenFrame() async throws {
        let tap = tap()
        tap.demand([Self.every(), Self.once(1)])
        tap.offer(TestFrame.jpeg([0xFF, 0xD8, 1, 2, 3, 4], width: 64, height: 48))
        try await eventually { tap.progress.dropped == 1 }
        StreamTap.deliverLast(of: [tap])
        #expect(deliveries.count == 0)
        tap.offer(TestFrame.gray())
        try await eventually { deliveries.count == 1 }
        #expect(deliveries.all.first?.header.once == 1)
    }

    @Test("offers and demands from many threads at once")
    func concurrent() async throws {
        let tap = tap()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for turn in 0..<200 {
                        tap.offer(TestFrame.gray(width: 32, height: 32))
                        if turn % 10 == worker {
                            tap.demand([Self.every(Variant(width: 8 + 2 * (turn % 12))), Self.once(UInt64(turn))])
                        }
                        _ = tap.newest
                        _ = tap.progress
                    }
                }
            }
        }
        tap.demand([Self.every()])
        tap.offer(TestFrame.gray())
        // A picture of a variant that nobody wants any more may still come behind it.
        try await eventually { deliveries.all.last { $0.header.variant == .asIs }?.header.sequence == 801 }
        #expect(tap.progress.frames == 801)
    }

    /// Off the cooperative pool: a semaphore blocks its thread.
    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}

/// Told by one thread to another.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
