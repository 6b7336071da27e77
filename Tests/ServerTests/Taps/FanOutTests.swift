import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Fan-out")
struct FanOutTests {
    /// A viewer with a socket that takes so many pictures at once, and counts.
    private final class Viewer: TapSubscriber {
        let kind: ViewerKind
        var room: Int
        var frames: [UInt64] = []
        var onSend: () -> Void = {}

        init(_ kind: ViewerKind = .binary, room: Int = .max) {
            self.kind = kind
            self.room = room
        }

        var isReady: Bool { room > 0 }
        func send(_ delivery: inout Delivery) -> Int {
            let frame = delivery.frame
            frames.append(frame.sequence)
            room -= 1
            onSend()
            return frame.jpeg.readableBytes
        }
        func stateChanged(_ change: InstanceStateChange) {}
        func ended(_ reason: FailureReason) {}
    }

    @Test("a busy loop finds the newest picture and none before it, and misses are counted")
    func newestWins() {
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let viewers = (0..<250).map { _ in Viewer() }
        let subscriptions = viewers.map { feed.subscribe($0, variant: .asIs, fps: nil, on: loop) }
        for number in 1...7 { feed.publish(TestFrames.frame(number)) }
        loop.run()
        #expect(viewers.allSatisfy { $0.frames == [7] })
        #expect(feed.metrics.skipped == 6 * 250)
        #expect(feed.viewerNumbers[.binary].sent == 250)
        for subscription in subscriptions { feed.unsubscribe(subscription, on: loop) }
    }

    @Test(
        "a picture that comes while the one before is handed round goes to those who have not had theirs, then to the rest"
    )
    func overtaken() {
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let viewers = (0..<250).map { _ in Viewer() }
        let subscriptions = viewers.map { feed.subscribe($0, variant: .asIs, fps: nil, on: loop) }
        viewers[30].onSend = { [feed, weak viewer = viewers[30]] in
            if viewer?.frames == [1] { feed.publish(TestFrames.frame(2)) }
        }
        feed.publish(TestFrames.frame(1))
        loop.run()
        #expect(viewers.allSatisfy { $0.frames.last == 2 })
        // Those of the first turn had the first; nobody behind them was given a picture that was old already.
        #expect(viewers.count { $0.frames == [1, 2] } == 100)
        #expect(feed.viewerNumbers[.binary].sent + feed.metrics.skipped == 500)
        for subscription in subscriptions { feed.unsubscribe(subscription, on: loop) }
    }

    @Test("viewers may leave while they are served")
    func leavingWhileServed() {
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let viewers = (0..<150).map { _ in Viewer() }
        var subscriptions = viewers.map { feed.subscribe($0, variant: .asIs, fps: nil, on: loop) }
        viewers[50].onSend = {
            for subscription in subscriptions.shuffled().prefix(140) { feed.unsubscribe(subscription, on: loop) }
        }
        viewers[149].onSend = {
            for subscription in subscriptions { feed.unsubscribe(subscription, on: loop) }
        }
        for number in 1...4 {
            feed.publish(TestFrames.frame(number))
            loop.run()
        }
        for subscription in subscriptions { feed.unsubscribe(subscription, on: loop) }
        subscriptions = []
        #expect(feed.metrics.viewers == 0)
        #expect(feed.wanted.isEmpty)
    }

    @Test("what was sent and what was skipped is what was made for a viewer", arguments: [nil, 10.0])
    func sum(fps: Double?) {
        var generator = SeededGenerator.announced()
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let kinds = ViewerKind.allCases
        let viewers = (0..<40).map { Viewer(kinds[$0 % kinds.count], room: 3) }
        let subscriptions = viewers.map { feed.subscribe($0, variant: .asIs, fps: fps, on: loop) }
        let whole = Viewer()
        let everything = feed.subscribe(whole, variant: .asIs, fps: nil, on: loop)
        let count = 600
        for number in 1...count {
            feed.publish(TestFrames.frame(number, captured: Int64(number) * 33_333_333))
            // The loop is late now and then, and sockets are full now and then.
            if Int.random(in: 0..<3, using: &generator) > 0 { loop.run() }
            for (viewer, subscription) in zip(viewers, subscriptions)
            where Int.random(in: 0..<4, using: &generator) == 0 {
                viewer.room = .random(in: 0..<3, using: &generator)
                subscription.resume()
            }
        }
        loop.run()
        for subscription in subscriptions + [everything] { feed.unsubscribe(subscription, on: loop) }
        let numbers = kinds.map { feed.viewerNumbers[$0] }
        let sent = numbers.reduce(0) { $0 + $1.sent }
        let seen = viewers.reduce(0) { $0 + $1.frames.count } + whole.frames.count
        #expect(sent == UInt64(seen))
        #expect(numbers.allSatisfy { $0.ages.count == $0.sent })
        #expect(viewers.allSatisfy { $0.frames == $0.frames.sorted() })
        let offered = UInt64(count) + UInt64(viewers.count) * UInt64(fps == nil ? count : count / 3)
        let counted = sent + feed.metrics.skipped
        if fps == nil {
            #expect(counted == offered)
        } else {
            // What is due is judged when a picture comes; where none came in time, by the clock.
            #expect(abs(Double(counted) / Double(offered) - 1) < 0.05, "\(counted) of \(offered)")
        }
    }

    @Test(
        "the same of viewers who come late, leave in the middle, stall and switch, over restarts and to the end",
        arguments: 0..<8)
    func sumOfComingAndGoing(round: Int) {
        struct Watching {
            var viewer: Viewer
            var subscription: TapSubscription
            /// Pictures made for it up to now are not counted.
            var published: Int
            var hasBegun: Bool
        }
        var generator = SeededGenerator.announced()
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let variants = [Variant.asIs, .detections] + [100, 200, 300].map { Variant(width: $0) }
        var published: [Variant: Int] = [:]
        var watching: [Watching] = []
        var (all, offered, number) = ([Viewer](), 0, 0)

        func come(_ viewer: Viewer, _ variant: Variant) {
            let newest = feed.state.withLock { $0.newest(for: variant, defaults: .asIs) }
            let subscription = feed.subscribe(viewer, variant: variant, fps: nil, on: loop)
            watching.append(
                Watching(
                    viewer: viewer, subscription: subscription, published: published[variant, default: 0],
                    hasBegun: newest?.variant == variant))
        }
        func leave(_ place: Int) -> Viewer {
            let one = watching.remove(at: place)
            feed.unsubscribe(one.subscription, on: loop)
            offered += published[one.subscription.variant, default: 0] - one.published + (one.hasBegun ? 1 : 0)
            return one.viewer
        }
        for _ in 0..<2000 {
            let variant = variants.randomElement(using: &generator) ?? .asIs
            let place = watching.indices.randomElement(using: &generator)
            switch Int.random(in: 0..<16, using: &generator) {
            case 0..<2 where watching.count < 300:
                let kind = ViewerKind.allCases.randomElement(using: &generator) ?? .binary
                all.append(Viewer(kind, room: .random(in: 0..<20, using: &generator)))
                come(all[all.count - 1], variant)
            case 2: if let place { _ = leave(place) }
            case 3: if let place { come(leave(place), variant) }
            case 4..<7:
                if let place {
                    watching[place].viewer.room = .random(in: 0..<9, using: &generator)
                    watching[place].subscription.resume()
                }
            case 7..<11: loop.run()
            case 11 where Int.random(in: 0..<40, using: &generator) == 0:
                feed.attemptStarted()
                number = 0
            default:
                let wanted = feed.wanted.map(\.variant)
                number += 1
                for variant in wanted where Int.random(in: 0..<4, using: &generator) > 0 {
                    // Fresh however long this takes.
                    let captured = MonotonicClock.now() + 3_600_000_000_000
                    feed.publish(TestFrames.frame(number, variant: variant, captured: captured, detections: "[]"))
                    published[variant, default: 0] += 1
                }
            }
        }
        // Some are there to the end, which comes behind the last picture.
        while watching.count > 20 { _ = leave(0) }
        feed.end(.endOfStream)
        while watching.count > 15 { _ = leave(0) }
        loop.run()
        while !watching.isEmpty { _ = leave(0) }
        let numbers = ViewerKind.allCases.map { feed.viewerNumbers[$0] }
        let sent = numbers.reduce(0) { $0 + $1.sent }
        #expect(sent == UInt64(all.reduce(0) { $0 + $1.frames.count }))
        #expect(numbers.allSatisfy { $0.ages.count == $0.sent })
        #expect(sent + feed.metrics.skipped == UInt64(offered))
        #expect(offered > 10_000)
        #expect(feed.metrics.viewers == 0)
        #expect(feed.wanted.isEmpty)
    }

    @Test("what nobody can take is not asked for at the full rate, and is again when somebody can")
    func demandFollows() {
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let viewer = Viewer(room: 1)
        let subscription = feed.subscribe(viewer, variant: .asIs, fps: nil, on: loop)
        var number = 0
        /// Pictures at the rate that is wanted, of 1000 a second at most, for so long.
        func play(until isDone: () -> Bool) {
            let deadline = ContinuousClock.now + .seconds(30)
            while !isDone(), ContinuousClock.now < deadline {
                number += 1
                feed.publish(TestFrames.frame(number))
                loop.run()
            }
        }
        play { feed.wanted.first?.stream != nil }
        #expect((feed.wanted.first?.stream).map { $0 < 1000 } == true)
        // One who comes may be faster.
        let other = feed.subscribe(Viewer(), variant: .asIs, fps: nil, on: loop)
        #expect(feed.wanted.first?.stream == nil)
        feed.unsubscribe(subscription, on: loop)
        feed.unsubscribe(other, on: loop)
        #expect(feed.wanted.isEmpty)
    }

    @Test("many sizes are eight encodes")
    func sizes() {
        let (loop, feed) = (EmbeddedEventLoop(), TestFrames.feed())
        let viewers = (0..<200).map { _ in Viewer() }
        let subscriptions = zip(viewers, 100...).map {
            feed.subscribe($0, variant: Variant(width: $1), fps: nil, on: loop)
        }
        #expect(feed.wanted.count == 8)
        for (number, wanted) in zip(1..., feed.wanted) {
            feed.publish(TestFrames.frame(number, variant: wanted.variant))
        }
        loop.run()
        #expect(viewers.allSatisfy { $0.frames.count == 1 })
        for subscription in subscriptions { feed.unsubscribe(subscription, on: loop) }
    }
}
