import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing
import WorkerLink

@testable import Server

@Suite("A feed")
struct TapFeedTests {
    /// A viewer that writes down what it gets.
    private final class Recorder: TapSubscriber {
        let kind = ViewerKind.binary
        var isReady = true
        var frames: [UInt64] = []
        var states: [InstanceState] = []
        var end: FailureReason?
        func send(_ delivery: inout Delivery) -> Int {
            let frame = delivery.frame
            frames.append(frame.sequence)
            return frame.jpeg.readableBytes
        }
        func stateChanged(_ change: InstanceStateChange) { states.append(change.state) }
        func ended(_ reason: FailureReason) { end = reason }
    }

    @Test("numbers and counts go on over restarts and never back")
    func restarts() {
        let (loop, viewer, feed) = (EmbeddedEventLoop(), Recorder(), TestFrames.feed())
        let subscription = feed.subscribe(viewer, variant: .asIs, fps: nil, on: loop)
        func publish(_ number: Int) {
            feed.publish(TestFrames.frame(number))
            loop.run()
        }
        for number in 1...5 { publish(number) }
        feed.update(TapProgress(tap: "live", frames: 9, encoded: 5, dropped: 1))
        feed.attemptStarted()
        #expect(feed.metrics.fps == 0)
        for number in 1...2 { publish(number) }
        #expect(viewer.frames == [1, 2, 3, 4, 5, 10, 11])
        #expect(feed.metrics.frameCount == 11)
        #expect(feed.metrics.encoded == 7)
        #expect(feed.metrics.dropped == 1)
        // Late, twice, or numbers that cannot be.
        feed.publish(TestFrames.frame(1))
        feed.publish(TestFrames.frame(2))
        feed.publish(TestFrames.frame(Int.max))
        loop.run()
        #expect(viewer.frames.last == 11)
        feed.unsubscribe(subscription, on: loop)
        feed.unsubscribe(subscription, on: loop)
        #expect(feed.metrics.viewers == 0)
    }

    @Test("the instance is told of a demand when it changes, and only then")
    func demand() {
        let changes = Counter()
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed(demandChanged: changes.add))
        let viewers = (0..<4).map { _ in Recorder() }
        feed.publish(TestFrames.frame(1))
        let slow = feed.subscribe(viewers[0], variant: .asIs, fps: 5, on: loop)
        #expect(changes.value == 1)
        #expect(feed.wanted.map(\.stream) == [5])
        let fast = feed.subscribe(viewers[1], variant: .asIs, fps: 10, on: loop)
        let alsoFast = feed.subscribe(viewers[2], variant: .asIs, fps: 10, on: loop)
        #expect(changes.value == 2)
        #expect(feed.wanted.map(\.stream) == [10])
        let all = feed.subscribe(viewers[3], variant: .asIs, fps: nil, on: loop)
        #expect(feed.wanted.map(\.stream) == [nil])
        #expect(changes.value == 3)
        feed.unsubscribe(all, on: loop)
        feed.unsubscribe(fast, on: loop)
        #expect(changes.value == 4)
        feed.unsubscribe(alsoFast, on: loop)
        #expect(feed.wanted.map(\.stream) == [5])
        feed.unsubscribe(slow, on: loop)
        #expect(feed.wanted.isEmpty)
        #expect(changes.value == 6)
    }

    @Test(
        "a viewer is thinned to its rate, evenly; that is no skip",
        arguments: [
            (30.0, 10.0, 10), (30.0, 20.0, 20), (30.0, 25.0, 25), (30.0, 29.0, 29), (60.0, 30.0, 30), (25.0, 0.5, 1),
        ])
    func thinning(source: Double, wanted: Double, expected: Int) {
        let (loop, viewer, other, feed) = (EmbeddedEventLoop(), Recorder(), Recorder(), TestFrames.feed())
        let thin = feed.subscribe(viewer, variant: .asIs, fps: wanted, on: loop)
        let whole = feed.subscribe(other, variant: .asIs, fps: nil, on: loop)
        let seconds = 10
        let count = Int(source) * seconds
        for number in 1...count {
            // Cameras jitter: a tenth of an interval, to and fro.
            let jitter = number.isMultiple(of: 2) ? 0.1 : -0.1
            let captured = Int64((Double(number) + jitter) / source * 1e9)
            feed.publish(TestFrames.frame(number, captured: captured))
            loop.run()
        }
        #expect(other.frames.count == count)
        #expect(abs(viewer.frames.count - expected * seconds / (wanted < 1 ? 2 : 1)) <= max(2, expected * seconds / 20))
        let gaps = zip(viewer.frames.dropFirst(), viewer.frames).map { Double($0 - $1) }
        #expect((gaps.max() ?? 0) <= (source / wanted).rounded(.up) + 1)
        #expect(feed.metrics.skipped == 0)
        feed.unsubscribe(thin, on: loop)
        feed.unsubscribe(whole, on: loop)
    }

    @Test("the fastest viewer of a variant is not thinned again")
    func fastest() {
        let (loop, viewer, feed) = (EmbeddedEventLoop(), Recorder(), TestFrames.feed())
        let subscription = feed.subscribe(viewer, variant: .asIs, fps: 25, on: loop)
        for number in 1...50 {
            feed.publish(TestFrames.frame(number, captured: Int64(number / 2 * 80_000_000)))
            loop.run()
        }
        #expect(viewer.frames.count == 50)
        feed.unsubscribe(subscription, on: loop)
    }

    @Test("a slow viewer gets the newest when it is ready; what was replaced is counted")
    func slow() {
        let (loop, viewer, feed) = (EmbeddedEventLoop(), Recorder(), TestFrames.feed())
        let subscription = feed.subscribe(viewer, variant: .asIs, fps: nil, on: loop)
        feed.publish(TestFrames.frame(1))
        loop.run()
        viewer.isReady = false
        for number in 2...10 { feed.publish(TestFrames.frame(number)) }
        loop.run()
        #expect(viewer.frames == [1])
        viewer.isReady = true
        subscription.resume()
        #expect(viewer.frames == [1, 10])
        #expect(feed.metrics.skipped == 8)
        feed.unsubscribe(subscription, on: loop)
    }

    @Test("the plan's size, quality and rate stand where a viewer asks for nothing")
    func defaults() {
        let plan = Variant(width: 640, quality: 70)
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed(defaults: plan, fps: 12))
        func wanted(_ variant: Variant, _ fps: Double?) -> WantedVariant? {
            let viewer = Recorder()
            let subscription = feed.subscribe(viewer, variant: variant, fps: fps, on: loop)
            defer { feed.unsubscribe(subscription, on: loop) }
            return feed.wanted.first
        }
        #expect(wanted(.asIs, nil)?.variant == plan)
        #expect(wanted(.asIs, nil)?.stream == 12)
        #expect(wanted(.asIs, 5)?.stream == 5)
        #expect(wanted(.asIs, 60)?.stream == 12)
        #expect(wanted(Variant(height: 100), nil)?.variant == Variant(height: 100, quality: 70))
        #expect(wanted(Variant(quality: 20), nil)?.variant == Variant(width: 640, quality: 20))
    }

    @Test("kept pictures are bounded; the plan's own view stays")
    func kept() {
        let feed = TestFrames.feed()
        feed.publish(TestFrames.frame(1))
        for number in 2...100 { feed.publish(TestFrames.frame(number, variant: Variant(width: 16 + number))) }
        let kept = feed.state.withLock { Array($0.kept.keys) }
        #expect(kept.contains(.asIs))
        #expect(kept.count <= TapFeedState.keptLimit)
    }

    @Test("publishing, subscribing and reading from many threads at once")
    func concurrent() async {
        let feed = TestFrames.feed()
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for number in 1...2000 { feed.publish(TestFrames.frame(number)) } }
            tasks.addTask { for _ in 0..<2000 { _ = feed.metrics } }
            for _ in 0..<4 {
                let loop = MultiThreadedEventLoopGroup.singleton.next()
                tasks.addTask {
                    for _ in 0..<200 {
                        try? await loop.submit {
                            let viewer = Recorder()
                            let subscription = feed.subscribe(viewer, variant: .asIs, fps: nil, on: loop)
                            feed.unsubscribe(subscription, on: loop)
                        }.get()
                    }
                }
            }
        }
        #expect(feed.metrics.frameCount == 2000)
        #expect(feed.metrics.viewers == 0)
        #expect(feed.wanted.isEmpty)
    }

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        var value: Int { count.load(ordering: .relaxed) }
        @Sendable func add() { count.wrappingAdd(1, ordering: .relaxed) }
    }
}
