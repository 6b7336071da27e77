import Dispatch
import Testing
import WorkerLink

@testable import VisionPipeline

/// The lanes, without threads: each turn is made by hand.
struct TapStateTests {
    static let ms: Int64 = 1_000_000

    /// Runs every lane that is due until none is; returns what was encoded and delivered.
    @discardableResult
    static func run(_ lanes: [Int], _ state: inout TapState, at now: Int64 = 0) -> (
        encoded: [Variant], delivered: [FrameHeader]
    ) {
        var (queue, encoded, delivered) = (lanes, [Variant](), [FrameHeader]())
        while let lane = queue.first {
            queue.removeFirst()
            guard let turn = state.begin(lane) else { continue }
            if case .frame = turn.source { encoded.append(turn.variant) }
            for recipient in turn.recipients {
                var header = picture(of: turn).header
                (header.variant, header.once) = (recipient.variant, recipient.once)
                delivered.append(header)
            }
            if state.end(turn, picture: picture(of: turn), at: now).again { queue.append(lane) }
        }
        return (encoded, delivered)
    }

    static func picture(of turn: TapState.Turn) -> EncodedFrame {
        EncodedFrame(
            header: FrameHeader(
                tap: 0, variant: turn.variant, sequence: turn.sequence, captured: 0, encoded: 0, width: 1, height: 1),
            jpeg: [])
    }

    static func want(_ width: Int?, fps: Double? = nil, once: UInt64 = 0, tap: String = "t") -> WantedVariant {
        WantedVariant(tap: tap, variant: Variant(width: width), stream: fps, once: once)
    }

    private static let shared = TestFrame.gray(width: 1000, height: 500)
    static func frame() -> Frame { shared }

    @Test("eight sizes are exact, more get the next larger one")
    func nextLarger() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        let widths = [100, 200, 300, 400, 500, 600, 700, 800, 150, 750, 900]
        let due = state.demand(widths.map { Self.want($0) }, at: 0)
        #expect(due.isEmpty)
        #expect(state.lanes.count == 8)
        let result = Self.run(state.offer(Self.frame(), at: 1).lanes, &state)
        #expect(Set(result.encoded.map(\.width)) == [100, 200, 300, 400, 500, 600, 700, 800])
        // Everybody is answered under the name asked for.
        #expect(Set(result.delivered.map(\.variant.width)) == Set(widths))
        #expect(result.delivered.count == 11)
        let shared = state.lanes.first { $0.variant.width == 200 }
        #expect(shared?.requests.map(\.variant.width) == [200, 150])
        let largest = state.lanes.first { $0.variant.width == 800 }
        #expect(largest?.requests.map(\.variant.width) == [800, 750, 900])
    }

    @Test("a size that becomes free is given to who had to share")
    func roomAgain() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        let widths = [100, 200, 300, 400, 500, 600, 700, 800]
        _ = state.demand((widths + [150]).map { Self.want($0) }, at: 0)
        _ = state.demand((widths.dropFirst() + [150]).map { Self.want($0) }, at: 1)
        #expect(state.lanes.contains { $0.variant.width == 150 })
        #expect(!state.lanes.contains { $0.variant.width == 100 })
    }

    @Test("a lane lives two seconds after the last demand, and encodes nothing in them")
    func linger() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(100)], at: 0)
        Self.run(state.offer(Self.frame(), at: 1).lanes, &state)
        _ = state.demand([], at: 1000 * Self.ms)
        let late = state.offer(Self.frame(), at: 1001 * Self.ms).lanes
        #expect(late.isEmpty)
        _ = state.progress(at: 2999 * Self.ms)
        #expect(state.lanes.count == 1)
        _ = state.progress(at: 3000 * Self.ms)
        #expect(state.lanes.isEmpty)
        let progress = state.progress(at: 3000 * Self.ms)
        #expect(progress.encoded == 1)
    }

    @Test("who comes back in time finds the lane and its picture")
    func comesBack() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(100)], at: 0)
        Self.run(state.offer(Self.frame(), at: 1).lanes, &state)
        _ = state.demand([], at: 2)
        let result = Self.run(state.demand([Self.want(100)], at: 3), &state)
        #expect(result.encoded.isEmpty && result.delivered.count == 1)
    }

    @Test("demand that goes before its turn comes is not encoded")
    func gone() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(100)], at: 0)
        let due = state.offer(Self.frame(), at: 1).lanes
        #expect(due.count == 1)
        _ = state.demand([], at: 2)
        let result = Self.run(due, &state)
        #expect(result.encoded.isEmpty)
    }

    @Test("a lane runs at the highest rate asked, at most the plan's")
    func highestRate() {
        for (asked, plan, expected) in [([5.0, 10], nil, 10), ([5, 30], 15.0, 15), ([2], 15, 2)]
            as [([Double], Double?, Int)]
        {
            var state = TapState(tap: "t", defaults: Variant(width: 100), fps: plan)
            _ = state.demand(
                [Self.want(100, fps: asked[0]), Self.want(nil, fps: asked[asked.count - 1])], at: 0)
            var encoded = 0
            for number in 0..<300 {
                let now = Int64(number) * 33_333_333
                encoded += Self.run(state.offer(Self.frame(), at: now).lanes, &state, at: now).encoded.count
            }
            #expect(abs(encoded - 10 * expected) <= 1, "\(asked) \(plan as Any)")
        }
    }

    @Test("what is wanted of other taps, or at no rate, is nobody's")
    func others() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        let odd = [
            Self.want(100, tap: "u"), Self.want(100, fps: 0), Self.want(100, fps: -1), Self.want(100, fps: .nan),
        ]
        _ = state.demand(odd, at: 0)
        let due = state.offer(Self.frame(), at: 1).lanes
        #expect(due.isEmpty && state.lanes.isEmpty)
    }

    @Test("the plan's size stands where a viewer asks for none; half a size is a size")
    func defaults() {
        var state = TapState(tap: "t", defaults: Variant(width: 640, height: 480, quality: 70), fps: nil)
        _ = state.demand(
            [
                Self.want(nil), Self.want(100),
                WantedVariant(tap: "t", variant: Variant(quality: 10), stream: nil),
            ], at: 0)
        #expect(
            state.lanes.map(\.variant) == [
                Variant(width: 640, height: 480, quality: 70), Variant(width: 100, quality: 70),
                Variant(width: 640, height: 480, quality: 10),
            ])
    }

    @Test("the newest wins, what is lost is counted")
    func newestWins() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(nil)], at: 0)
        let due = state.offer(Self.frame(), at: 1).lanes
        for now in 2...5 {
            let more = state.offer(Self.frame(), at: Int64(now)).lanes
            #expect(more.isEmpty)
        }
        let result = Self.run(due, &state)
        #expect(result.delivered.map(\.sequence) == [5])
        let progress = state.progress(at: 6)
        #expect(progress.dropped == 4)
    }

    @Test("answered numbers of thousands of sizes are not kept for ever")
    func bounded() {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.offer(Self.frame(), at: 0)
        for number in 1...2000 {
            let now = Int64(number) * Self.ms
            let result = Self.run(state.demand([Self.want(number, fps: 0, once: 1)], at: now), &state, at: now)
            #expect(result.delivered.count == 1)
            #expect(state.lanes.count <= 9)
        }
    }

    @Test("the last delivery is one turn, whatever comes meanwhile and whether its frame is a picture or not")
    func lastIsOneTurn() throws {
        for isPicture in [true, false] {
            var state = TapState(tap: "t", defaults: .asIs, fps: nil)
            _ = state.offer(Self.frame(), at: 0)
            let waiting = DispatchGroup()
            let due = state.deliverLast(done: waiting)
            let begun = state.begin(due.first ?? -1)
            let turn = try #require(begun)
            // The source goes on while it is encoded.
            _ = state.offer(Self.frame(), at: 1)
            let (again, done) = state.end(turn, picture: isPicture ? Self.picture(of: turn) : nil, at: 2)
            #expect(!again && done === waiting)
            done?.leave()
            #expect(waiting.wait(timeout: .now()) == .success)
        }
    }

    @Test("the last delivery is of the frame that was the newest when it was asked for; streams go on")
    func lastIsFixed() throws {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(nil)], at: 0)
        Self.run(state.offer(Self.frame(), at: 0).lanes, &state)
        let asked = TestFrame.gray(width: 640, height: 480)
        let later = TestFrame.gray(width: 320, height: 240)
        let due = state.offer(asked, at: 1).lanes
        let waiting = DispatchGroup()
        let more = state.deliverLast(done: waiting)
        #expect(due.count == 1 && more.isEmpty)
        _ = state.offer(later, at: 2)
        let begun = state.begin(due.first ?? -1)
        let turn = try #require(begun)
        #expect(turn.sequence == 2)
        guard case .frame(let frame) = turn.source else {
            Issue.record("the frame has no picture yet")
            return
        }
        #expect(frame.width == asked.width)
        let (again, done) = state.end(turn, picture: Self.picture(of: turn), at: 3)
        #expect(again && done === waiting)
        done?.leave()
        let rest = Self.run([turn.lane], &state)
        #expect(rest.delivered.map(\.sequence) == [3])
    }

    @Test("who asks for the last while a turn is under way has one more")
    func lastDuringATurn() throws {
        var state = TapState(tap: "t", defaults: .asIs, fps: nil)
        _ = state.demand([Self.want(nil)], at: 0)
        let lanes = state.offer(Self.frame(), at: 0).lanes
        let begun = state.begin(lanes.first ?? -1)
        let turn = try #require(begun)
        let waiting = DispatchGroup()
        let due = state.deliverLast(done: waiting)
        #expect(due.isEmpty)
        let first = state.end(turn, picture: Self.picture(of: turn), at: 1)
        #expect(first.again && first.done == nil)
        let following = state.begin(turn.lane)
        let next = try #require(following)
        guard case .picture = next.source else {
            Issue.record("encoded twice")
            return
        }
        #expect(next.recipients.map(\.variant) == [.asIs])
        let second = state.end(next, picture: Self.picture(of: next), at: 2)
        #expect(!second.again && second.done === waiting)
        second.done?.leave()
    }
}

/// A turn from beginning to end on one thread, on a clock that stands.
extension TapState {
    mutating func begin(_ lane: Int) -> Turn? { begin(lane, at: 0) }

    mutating func end(
        _ turn: Turn, picture: EncodedFrame?, at now: Int64
    ) -> (again: Bool, done: DispatchGroup?) {
        guard let delivery = finish(turn, picture: picture, at: now) else { return (false, nil) }
        let afterwards = delivered(delivery, at: now)
        return (afterwards.again, afterwards.done)
    }
}
