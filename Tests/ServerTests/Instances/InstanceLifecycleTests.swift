import Testing
import WorkerLink

@testable import Server

/// The machine with a clock that only the test moves.
private struct Timeline {
    var lifecycle: InstanceLifecycle
    /// Seconds.
    var now = 0.0
    private(set) var actions: [InstanceLifecycle.Action] = []

    init(jitter: Double = 1) {
        lifecycle = InstanceLifecycle(at: 0) { jitter }
    }

    mutating func at(_ seconds: Double, _ event: InstanceLifecycle.Event) {
        now = seconds
        actions = lifecycle.handle(event, at: .seconds(seconds))
    }

    /// A progress with one live source whose last frame was `age` seconds ago.
    mutating func frames(at seconds: Double, age: Double = 0, interval: Double? = 0.04, isLive: Bool = true) {
        at(seconds, .progress(progress(at: seconds, age: age, interval: interval, isLive: isLive)))
    }

    /// Moves from deadline to deadline.
    mutating func run(until seconds: Double) {
        actions = []
        while let deadline = lifecycle.nextDeadline, deadline <= .seconds(seconds) {
            at(deadline.inSeconds, .tick)
            guard actions.isEmpty else { return }
        }
    }

    var state: InstanceState { lifecycle.state }
    var reason: FailureReason? { lifecycle.reason }
    var nextRetry: Double? { lifecycle.nextRetry?.inSeconds }

    static func started(jitter: Double = 1) -> Timeline {
        var timeline = Timeline(jitter: jitter)
        timeline.at(0, .start)
        return timeline
    }

    static func running() -> Timeline {
        var timeline = started()
        timeline.at(0.2, .compiled)
        timeline.frames(at: 0.5)
        return timeline
    }

    /// Fails the running attempt and lets the worker go.
    mutating func fail(at seconds: Double, _ reason: FailureReason) {
        if reason.isCrash {
            at(seconds, .exited(reason, ""))
        } else {
            at(seconds, .ended(reason, ""))
            at(seconds, .exited(.workerCrashed, ""))
        }
    }
}

private func progress(at now: Double, age: Double?, interval: Double?, isLive: Bool, frames: UInt64 = 7) -> Progress {
    Progress(
        now: .seconds(now),
        sources: [
            SourceProgress(
                node: "camera", frames: age == nil ? 0 : frames, lastFrame: age.map { .seconds(now - $0) },
                isLive: isLive, interval: interval)
        ])
}

struct InstanceLifecycleTests {
    @Test("starts a worker, and runs when the first frame has come")
    func start() {
        var timeline = Timeline.started()
        #expect(timeline.actions == [.stateChanged, .startWorker])
        #expect(timeline.state == .starting)
        timeline.at(0.2, .compiled)
        timeline.at(0.3, .progress(progress(at: 0.3, age: nil, interval: nil, isLive: false)))
        #expect(timeline.state == .starting)
        timeline.frames(at: 0.5)
        #expect(timeline.actions == [.stateChanged])
        #expect(timeline.state == .running)
        #expect(timeline.lifecycle.since == .seconds(0.5))
    }

    @Test("waits for the first frame of every source")
    func everySource() {
        var timeline = Timeline.started()
        var both = progress(at: 1, age: 0, interval: 0.04, isLive: true)
        both.sources.append(SourceProgress(node: "second", frames: 0, lastFrame: nil, isLive: true))
        timeline.at(1, .progress(both))
        #expect(timeline.state == .starting)
        both.sources[1].frames = 1
        both.sources[1].lastFrame = both.now
        timeline.at(1.2, .progress(both))
        #expect(timeline.state == .running)
    }

    @Test("gives the first frame 10 s")
    func firstFrame() {
        var timeline = Timeline.started()
        for quarter in 1..<40 {
            let now = Double(quarter) / 4
            timeline.run(until: now)
            timeline.at(now, .progress(progress(at: now, age: nil, interval: nil, isLive: true)))
        }
        #expect(timeline.state == .starting)
        timeline.run(until: 10)
        #expect(timeline.actions == [.stopWorker, .stateChanged])
        #expect(timeline.state == .retrying)
        #expect(timeline.reason == .noFirstFrame)
        #expect(timeline.nextRetry == 10.5)
    }

    @Test(
        "stalls after max(2 s, 5 intervals)",
        arguments: [(0.04, 2.0), (0.4, 2.0), (1.0, 5.0), (3.0, 15.0), (nil, 2.0)])
    func stall(interval: Double?, limit: Double) {
        var timeline = Timeline.running()
        timeline.frames(at: 100, age: limit - 0.01, interval: interval)
        #expect(timeline.state == .running)
        timeline.frames(at: 101, age: limit + 0.01, interval: interval)
        #expect(timeline.state == .stalled)
        #expect(timeline.reason == .noFrames)
        #expect(timeline.lifecycle.message?.contains("camera") == true)
        timeline.frames(at: 102, age: 0.1, interval: interval)
        #expect(timeline.state == .running)
        #expect(timeline.reason == nil)
    }

    @Test("a file may pause for as long as it likes")
    func fileNeverStalls() {
        var timeline = Timeline.running()
        timeline.frames(at: 100, age: 60, isLive: false)
        #expect(timeline.state == .running)
    }

    @Test("gives up a stall after 5 s without a frame", arguments: [(0.04, 5.0), (1.0, 8.0)])
    func stallGivenUp(interval: Double, patience: Double) {
        var timeline = Timeline.running()
        timeline.frames(at: 100, age: patience - 0.01, interval: interval)
        #expect(timeline.state == .stalled)
        timeline.frames(at: 101, age: patience, interval: interval)
        #expect(timeline.actions == [.stopWorker, .stateChanged])
        #expect(timeline.state == .retrying)
        #expect(timeline.reason == .noFrames)
        timeline.run(until: 200)
        #expect(timeline.actions == [], "no second worker beside the first")
        timeline.at(101.2, .exited(.workerCrashed, "later"))
        #expect(timeline.reason == .noFrames)
        timeline.run(until: 200)
        #expect(timeline.now == 101.5)
        #expect(timeline.actions == [.stateChanged, .startWorker])
        #expect(timeline.lifecycle.restarts == 1)
    }

    @Test("back-off 0.5, 1, 2, 5, 10, 30, 30 s")
    func backOff() {
        var timeline = Timeline.started()
        for expected in [0.5, 1, 2, 5, 10, 30, 30] {
            let now = timeline.now
            timeline.fail(at: now, .refused)
            #expect(timeline.state == .retrying)
            #expect(timeline.reason == .refused)
            #expect(timeline.nextRetry == now + expected)
            timeline.run(until: now + expected)
            #expect(timeline.state == .starting)
            #expect(timeline.nextRetry == nil)
        }
    }

    @Test("refusals wait 30 s, doubling to 5 min", arguments: [FailureReason.unauthorized, .notFound])
    func refusals(reason: FailureReason) {
        var timeline = Timeline.started()
        for expected in [30.0, 60, 120, 240, 300, 300] {
            let now = timeline.now
            timeline.fail(at: now, reason)
            #expect(timeline.nextRetry == now + expected)
            timeline.run(until: now + expected)
        }
    }

    @Test("the fifth crash within 60 s brings the slow retry")
    func crashes() {
        var timeline = Timeline.started()
        for expected in [0.5, 1, 2, 5, 60, 60] {
            let now = timeline.now
            timeline.fail(at: now, .workerCrashed)
            #expect(timeline.reason == .workerCrashed)
            #expect(timeline.nextRetry == now + expected)
            timeline.run(until: now + expected)
        }
    }

    @Test("jitter stretches a wait by at most 20 %", arguments: [(0.8, 0.4), (1.2, 0.6), (5.0, 0.6), (0.0, 0.4)])
    func jitter(factor: Double, wait: Double) throws {
        var timeline = Timeline.started(jitter: factor)
        timeline.fail(at: 0, .refused)
        let retry = try #require(timeline.nextRetry)
        #expect(abs(retry - wait) < 0.001)
    }

    @Test("30 s of good frames make the next failure a first one", arguments: [(29.0, 2.0), (30.0, 0.5)])
    func reset(good: Double, wait: Double) throws {
        var timeline = Timeline.started()
        timeline.fail(at: 0, .refused)
        timeline.run(until: 1)
        timeline.fail(at: 1, .refused)
        timeline.run(until: 2)
        timeline.frames(at: 2)
        timeline.frames(at: 2 + good)
        timeline.fail(at: 40, .disconnected)
        let retry = try #require(timeline.nextRetry)
        #expect(retry == 40 + wait)
    }

    @Test("a silent worker is killed, after a second look")
    func silence() {
        var timeline = Timeline.running()
        timeline.run(until: 2.5)
        #expect(timeline.actions == [] && timeline.state == .running)
        timeline.run(until: 2.75)
        #expect(timeline.actions == [.killWorker, .stateChanged])
        #expect(timeline.reason == .workerUnresponsive)
    }

    @Test("messages that lay unread while the server was held up save the worker")
    func heldUp() {
        var timeline = Timeline.running()
        timeline.at(60, .tick)
        timeline.frames(at: 60, age: 0.1)
        timeline.run(until: 61)
        #expect(timeline.state == .running)
    }

    @Test("a worker that never reports is given 10 s")
    func neverReports() {
        var timeline = Timeline.started()
        timeline.run(until: 9.9)
        #expect(timeline.state == .starting)
        timeline.run(until: 11)
        #expect(timeline.actions == [.killWorker, .stateChanged])
        #expect(timeline.reason == .workerStart)
    }

    @Test("a file that ends is completed, and stays so")
    func completed() {
        var timeline = Timeline.running()
        timeline.at(5, .ended(.endOfStream, "end"))
        #expect(timeline.actions == [.stopWorker, .stateChanged])
        timeline.at(5.1, .exited(.workerCrashed, ""))
        #expect(timeline.state == .completed)
        #expect(timeline.reason == .endOfStream)
        #expect(timeline.lifecycle.nextDeadline == nil)
        timeline.at(6, .stop)
        #expect(timeline.actions == [.stateChanged, .finished])
    }

    @Test("a plan that cannot run is failed", arguments: [FailureReason.planInvalid, .elementMissing])
    func failed(reason: FailureReason) {
        var timeline = Timeline.started()
        timeline.at(1, .invalid(reason, "why"))
        timeline.at(1.1, .exited(.workerCrashed, ""))
        #expect(timeline.state == .failed)
        #expect(timeline.reason == reason)
        #expect(timeline.lifecycle.message == "why")
        #expect(timeline.lifecycle.nextDeadline == nil)
    }

    @Test("a broken link kills the worker at once")
    func violation() {
        var timeline = Timeline.running()
        timeline.at(1, .violation("nonsense"))
        #expect(timeline.actions == [.killWorker, .stateChanged])
        #expect(timeline.reason == .workerProtocol)
    }

    @Test("a worker that somebody else stopped is started again")
    func stoppedFromOutside() {
        var timeline = Timeline.running()
        timeline.at(1, .ended(.stopRequested, ""))
        #expect(timeline.state == .retrying)
    }

    @Test("stop is heard in every state", arguments: InstanceState.allCases)
    func stop(in state: InstanceState) {
        var timeline = Timeline.running()
        switch state {
        case .starting: timeline = .started()
        case .running, .stopping: break
        case .stalled: timeline.frames(at: 1, age: 3)
        case .retrying: timeline.fail(at: 1, .refused)
        case .completed:
            timeline.at(1, .ended(.endOfStream, ""))
            timeline.at(1, .exited(.workerCrashed, ""))
        case .failed:
            timeline.at(1, .invalid(.planInvalid, ""))
            timeline.at(1, .exited(.workerCrashed, ""))
        }
        if state != .stopping { #expect(timeline.state == state) }
        let hasWorker = timeline.lifecycle.worker != .none
        timeline.at(2, .stop)
        #expect(timeline.state == .stopping)
        #expect(timeline.reason == .stopRequested)
        #expect(timeline.nextRetry == nil)
        if hasWorker {
            #expect(timeline.actions == [.stopWorker, .stateChanged])
            timeline.at(2.1, .stop)
            #expect(timeline.actions == [], "asked once")
            timeline.at(3, .exited(.workerCrashed, ""))
            #expect(timeline.actions == [.finished])
        } else {
            #expect(timeline.actions == [.stateChanged, .finished])
        }
        timeline.at(4, .start)
        #expect(timeline.actions == [])
    }

    @Test("numbers without sense do not trap")
    func nonsense() {
        var timeline = Timeline.running()
        for (now, last, interval) in [
            (Int64.max, Int64.min, 1e308), (.min, .max, -1e308), (0, .max, .greatestFiniteMagnitude), (.max, 0, 0),
        ] {
            let source = SourceProgress(
                node: "camera", frames: .max, lastFrame: last, isLive: true, interval: interval)
            timeline.at(1, .progress(Progress(now: now, sources: [source])))
        }
        #expect(timeline.lifecycle.attempts == 1)
    }

    @Test("whatever happens, in whatever order, the rules hold", arguments: 0..<200 as Range<UInt64>)
    func randomEvents(seed: UInt64) {
        var random = SplitMix(state: seed)
        var timeline = Timeline(jitter: Double.random(in: 0.8...1.2, using: &random))
        var hasWorker = false
        var starts = 0
        timeline.at(0, .start)
        for step in 0..<300 {
            for action in timeline.actions {
                switch action {
                case .startWorker:
                    #expect(!hasWorker, "one worker at a time")
                    hasWorker = true
                    starts += 1
                case .stopWorker, .killWorker: #expect(hasWorker)
                case .finished: #expect(!hasWorker)
                case .stateChanged: break
                }
            }
            let lifecycle = timeline.lifecycle
            #expect((lifecycle.nextRetry != nil) == (lifecycle.state == .retrying))
            #expect((lifecycle.worker != .none) == hasWorker)
            #expect(lifecycle.restarts == max(0, starts - 1))
            if [.stalled, .retrying, .failed, .completed, .stopping].contains(lifecycle.state) {
                #expect(lifecycle.reason != nil)
            } else {
                #expect(lifecycle.reason == nil)
            }
            if [.starting, .running, .stalled].contains(lifecycle.state) { #expect(hasWorker) }
            if lifecycle.isFinished { #expect(timeline.actions == [] || timeline.actions.last == .finished) }
            let event = Self.randomEvent(step, at: timeline.now, using: &random)
            if case .exited = event {
                guard hasWorker else { continue }
                hasWorker = false
            }
            timeline.at(timeline.now + Double.random(in: 0...3, using: &random), event)
        }
    }

    private static func randomEvent(
        _ step: Int, at now: Double, using random: inout SplitMix
    ) -> InstanceLifecycle.Event {
        let reason = FailureReason.allCases.randomElement(using: &random) ?? .refused
        switch Int.random(in: 0..<40, using: &random) {
        case 0: return .start
        case 1: return .compiled
        case 2: return .ended(reason, "")
        case 3: return .violation("")
        case 4...10: return .exited(reason.isFinal ? .workerCrashed : reason, "")
        case 11: return step > 200 ? .stop : .tick
        case 12: return .invalid(.planInvalid, "")
        case 13..<25:
            let age = Double.random(in: 0...6, using: &random)
            return .progress(progress(at: now, age: age, interval: 0.1, isLive: Bool.random(using: &random)))
        default: return .tick
        }
    }
}

/// Sebastiano Vigna's splitmix64: the same events for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
