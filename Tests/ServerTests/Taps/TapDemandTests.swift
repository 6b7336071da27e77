import NIOEmbedded
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("What viewers want of a tap")
struct TapDemandTests {
    private let loop = ObjectIdentifier(EmbeddedEventLoop())

    @Test("is eight variants at most, whoever asks for what; beyond them the next larger, or the plan's own")
    func canonical() {
        var demand = TapDemand()
        let plan = Variant(width: 640)
        for width in [100, 200, 300, 400, 500, 600, 700] {
            let variant = demand.canonical(Variant(width: width), defaults: plan)
            #expect(variant == Variant(width: width))
            demand.add(variant, fps: nil, on: loop)
        }
        // There is always room for the plan's own.
        #expect(demand.canonical(plan, defaults: plan) == plan)
        #expect(demand.canonical(.asIs, defaults: plan) == plan)
        #expect(demand.canonical(Variant(width: 250), defaults: plan) == Variant(width: 300))
        #expect(demand.canonical(Variant(width: 610), defaults: plan) == plan)
        #expect(demand.canonical(Variant(width: 700), defaults: plan) == Variant(width: 700))
        #expect(demand.canonical(Variant(width: 701), defaults: plan) == plan)
        #expect(demand.canonical(Variant(width: 701), defaults: .asIs) == .asIs)
        #expect(demand.canonical(Variant(width: 250, quality: 40), defaults: plan) == Variant(width: 300))
        demand.add(plan, fps: nil, on: loop)
        #expect(demand.wanted(tap: "live").count == TapDemand.laneLimit)
    }

    @Test("eight tiny views of one client keep nobody else from the plan's own")
    func tiny() {
        var demand = TapDemand()
        for width in 16..<24 {
            let tiny = Variant(width: width, height: width, quality: 1)
            demand.add(demand.canonical(tiny, defaults: .asIs), fps: nil, on: loop)
        }
        #expect(demand.canonical(Variant(width: 1280), defaults: .asIs) == .asIs)
        #expect(demand.canonical(.asIs, defaults: .asIs) == .asIs)
    }

    @Test("fits the link, of all taps that a plan may have, whatever is asked")
    func fits() throws {
        var wanted: [WantedVariant] = []
        for tap in 0..<PlanLimits.trusted.taps {
            let name = String(repeating: "t", count: 60) + String(1000 + tap)
            for place in 0..<TapDemand.laneLimit {
                let variant = Variant(width: 7680 - place, height: 4320, quality: 100)
                wanted.append(WantedVariant(tap: name, variant: variant, stream: 0.1 + 0.2, once: .max - 1))
            }
            wanted.append(WantedVariant(tap: name, variant: .detections, stream: 0.1 + 0.2, once: .max - 1))
        }
        let demand = Demand(generation: .max, wanted: wanted)
        #expect(try ControlCodec.encode(ServerMessage.demand(demand)).count < Link.controlLimit)
    }

    @Test("never more than eight cross the link, in any order of coming and going, of whichever plan")
    func bounded() {
        var generator = SeededGenerator.announced()
        var demand = TapDemand()
        var plan = Variant.asIs
        var watching: [(Variant, Double?)] = []
        for _ in 0..<5000 {
            if Bool.random(using: &generator) || watching.isEmpty {
                let quality: Int? = Bool.random(using: &generator) ? nil : .random(in: 1...100, using: &generator)
                let asked = Variant(width: .random(in: 16...4000, using: &generator), quality: quality)
                // Who watches stays with what a plan before asked for.
                if Int.random(in: 0..<20, using: &generator) == 0 { plan = asked }
                let isOwn = Int.random(in: 0..<3, using: &generator) == 0
                let variant = demand.canonical(isOwn ? plan : asked, defaults: plan)
                let fps: Double? = Bool.random(using: &generator) ? nil : .random(in: 1...30, using: &generator)
                demand.add(variant, fps: fps, on: loop)
                watching.append((variant, fps))
            } else {
                let (variant, fps) = watching.remove(at: .random(in: watching.indices, using: &generator))
                demand.remove(variant, fps: fps, on: loop)
            }
            #expect(demand.wanted(tap: "live").count <= TapDemand.laneLimit)
            #expect(Set(watching.map(\.0)) == Set(demand.wanted(tap: "live").map(\.variant)))
        }
        for (variant, fps) in watching { demand.remove(variant, fps: fps, on: loop) }
        #expect(demand.wanted(tap: "live").isEmpty)
    }

    @Test("is the rate that the fastest viewer takes, of all loops, and all again when one takes all")
    func taken() {
        let other = ObjectIdentifier(EmbeddedEventLoop.self)
        var demand = TapDemand()
        demand.add(.asIs, fps: nil, on: loop)
        demand.limit(.asIs, to: 4, on: loop)
        #expect(demand.rate(.asIs) == 4)
        demand.add(.asIs, fps: 15, on: other)
        #expect(demand.rate(.asIs) == nil)
        demand.limit(.asIs, to: 9, on: other)
        #expect(demand.rate(.asIs) == 9)
        demand.remove(.asIs, fps: 15, on: other)
        #expect(demand.rate(.asIs) == 4)
        demand.limit(.asIs, to: nil, on: loop)
        #expect(demand.rate(.asIs) == nil)
    }
}

@Suite("The rate that viewers can take")
struct TakenRateTests {
    /// Plays seconds of a source and a viewer, who takes so many pictures a second at most.
    private func play(_ source: Double, _ viewer: Double, seconds: Int, _ rate: inout TakenRate, from: inout UInt64) {
        for _ in 0..<seconds {
            let made = min(source, rate.limit ?? source)
            from += UInt64(max(1, made))
            now += 1_000_000_000
            _ = rate.judge(taken: Int(min(made, viewer)), ordinal: from, at: now)
        }
    }

    private var now: Int64 {
        get { clock.now }
        nonmutating set { clock.now = newValue }
    }
    private final class Clock { var now: Int64 = 1 }
    private let clock = Clock()

    @Test("settles a little above what is taken, and is all again soon after a viewer takes all")
    func settles() {
        var (rate, ordinal) = (TakenRate(), UInt64(1))
        play(30, 30, seconds: 5, &rate, from: &ordinal)
        #expect(rate.limit == nil)
        play(30, 6, seconds: 6, &rate, from: &ordinal)
        #expect((6...12).contains(rate.limit ?? 0), "\(String(describing: rate.limit))")
        play(30, 30, seconds: 12, &rate, from: &ordinal)
        #expect((rate.limit ?? 240) >= 30)
        play(30, 0, seconds: 5, &rate, from: &ordinal)
        #expect(rate.limit == 1)
    }
}
