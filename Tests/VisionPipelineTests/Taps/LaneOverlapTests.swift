import Dispatch
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Several frames of one lane under way at a time, on a clock that the test turns.
struct LaneOverlapTests {
    static let ms: Int64 = 1_000_000

    /// A tap, a pool of threads and a clock, in one: jobs take the time that they are given.
    struct World {
        var tap = TapState(tap: "t", defaults: .asIs, fps: nil)
        let threads: Int
        var now: Int64 = 0
        private var queue: [Int] = []
        private var running: [(until: Int64, turn: TapState.Turn)] = []
        private(set) var delivered: [FrameHeader] = []
        private(set) var mostUnderWay = 0
        /// What a frame of a lane takes, nanoseconds; nil: it cannot be encoded, and takes a millisecond.
        var work: (TapState.Turn) -> Int64?

        init(threads: Int, work: @escaping (TapState.Turn) -> Int64?) {
            (self.threads, self.work) = (threads, work)
        }

        var idle: Int { max(threads - running.count - queue.count, 0) }
        var isQuiet: Bool { running.isEmpty && queue.isEmpty }

        mutating func offer() {
            let lanes = tap.offer(TapStateTests.frame(), at: now, idle: idle).lanes
            queue += lanes
            start()
        }

        mutating func demand(_ wanted: [WantedVariant]) {
            queue += tap.demand(wanted, at: now)
            start()
        }

        mutating func deliverLast(_ done: DispatchGroup) {
            queue += tap.deliverLast(done: done)
            start()
        }

        private mutating func start() {
            while running.count < threads, !queue.isEmpty {
                guard let turn = tap.begin(queue.removeFirst(), at: now) else { continue }
                if case .picture = turn.source {
                    running.append((now, turn))
                } else {
                    running.append((now + (work(turn) ?? LaneOverlapTests.ms), turn))
                }
            }
            let underWay = Dictionary(grouping: running, by: \.turn.lane).mapValues(\.count).values.max() ?? 0
            mostUnderWay = max(mostUnderWay, underWay)
        }

        /// Lets time pass.
        mutating func run(until end: Int64) {
            while let next = running.indices.min(by: { running[$0].until < running[$1].until }),
                running[next].until <= end
            {
                let (time, turn) = running.remove(at: next)
                now = max(now, time)
                let isPicture = if case .picture = turn.source { true } else { work(turn) != nil }
                var delivery = tap.finish(turn, picture: isPicture ? TapStateTests.picture(of: turn) : nil, at: now)
                while let current = delivery {
                    for recipient in current.recipients where current.picture != nil {
                        var header = TapStateTests.picture(of: turn).header
                        (header.sequence, header.variant, header.once) = (
                            current.sequence, recipient.variant, recipient.once
                        )
                        delivered.append(header)
                    }
                    let afterwards = tap.delivered(current, at: now, idle: idle + 1)
                    afterwards.done?.leave()
                    if afterwards.again { queue.append(current.lane) }
                    delivery = afterwards.next
                }
                start()
            }
            now = max(now, end)
        }
    }

    @Test(
        "a lane that is slower than its frames uses idle threads; one that is not has one frame under way",
        arguments: [(50, 2, 28, 2), (50, 1, 18, 1), (100, 4, 28, 4), (100, 2, 18, 2), (20, 4, 29, 1), (33, 4, 29, 1)])
    func rates(work: Int64, threads: Int, atLeast: Int, underWay: Int) {
        var world = World(threads: threads) { _ in work * Self.ms }
        world.demand([TapStateTests.want(nil)])
        for number in 0..<300 {
            world.run(until: Int64(number) * 33_333_333)
            world.offer()
        }
        world.run(until: 20_000 * Self.ms)
        #expect(world.delivered.count >= atLeast * 10, "\(world.delivered.count) in 10 s")
        #expect(world.mostUnderWay == underWay)
        #expect(world.delivered.last?.sequence == 300)
    }

    @Test("a lane with a limit of its own goes by that, not by the source's rate")
    func limited() {
        var world = World(threads: 4) { _ in 50 * Self.ms }
        world.demand([TapStateTests.want(nil, fps: 10)])
        for number in 0..<300 {
            world.run(until: Int64(number) * 33_333_333)
            world.offer()
        }
        #expect(world.mostUnderWay == 1)
    }

    @Test("a picture that is ready early waits for the one before it; one that cannot be made holds up nobody")
    func order() {
        // Every third frame takes long, every seventh is broken.
        var world = World(threads: 4) { turn in
            turn.sequence % 7 == 0 ? nil : (turn.sequence % 3 == 0 ? 150 : 60) * Self.ms
        }
        world.demand([TapStateTests.want(nil)])
        for number in 0..<300 {
            world.run(until: Int64(number) * 33_333_333)
            world.offer()
        }
        world.run(until: 30_000 * Self.ms)
        let sequences = world.delivered.map(\.sequence)
        #expect(sequences == sequences.sorted() && Set(sequences).count == sequences.count)
        #expect(world.mostUnderWay > 1 && !sequences.contains { $0 % 7 == 0 })
        #expect(sequences.count > 200)
    }

    @Test("whatever comes when: in order, each once is answered once, the last comes last, and all ends")
    func anySchedule() {
        var random = SeededGenerator.announced()
        for _ in 0..<200 { schedule(&random) }
    }

    private func schedule(_ random: inout SeededGenerator) {
        let seed = UInt64.random(in: 1...UInt64.max / 2, using: &random)
        let slowest = Int64.random(in: 1...200, using: &random)
        var world = World(threads: Int.random(in: 1...4, using: &random)) { turn in
            // The same for the same frame, however often it is asked.
            let dice = (turn.sequence &* 2_654_435_761 &+ UInt64(turn.lane) &* 40_503 &+ seed) >> 7
            return dice % 11 == 0 ? nil : Int64(dice % UInt64(slowest) + 1) * Self.ms
        }
        var once: UInt64 = 0
        var asked: [Variant: UInt64] = [:]
        let done = DispatchGroup()
        for _ in 0..<150 {
            world.run(until: world.now + Int64.random(in: 0...60, using: &random) * Self.ms)
            switch Int.random(in: 0...20, using: &random) {
            case 0:
                once += 1
                let wanted = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    TapStateTests.want(
                        [nil, 100, 200].randomElement(using: &random) ?? nil,
                        fps: [nil, 0, 5, 30].randomElement(using: &random) ?? nil, once: once)
                }
                for want in wanted { asked[want.variant] = once }
                world.demand(wanted)
            case 1: world.deliverLast(done)
            default: world.offer()
            }
        }
        world.demand([TapStateTests.want(nil)])
        world.offer()
        world.run(until: world.now + 100_000 * Self.ms)
        world.deliverLast(done)
        world.run(until: world.now + 100_000 * Self.ms)
        #expect(world.isQuiet)
        #expect(done.wait(timeout: .now()) == .success)
        for (variant, headers) in Dictionary(grouping: world.delivered, by: \.variant) {
            let sequences = headers.map(\.sequence)
            #expect(sequences == sequences.sorted(), "\(variant)")
            let answers = headers.map(\.once).filter { $0 > 0 }
            #expect(answers == Array(Set(answers)).sorted(), "each answer once: \(answers)")
            #expect((answers.last ?? 0) <= asked[variant] ?? 0)
        }
        #expect(world.tap.lanes.allSatisfy { $0.turns.isEmpty && !$0.isQueued })
    }
}
