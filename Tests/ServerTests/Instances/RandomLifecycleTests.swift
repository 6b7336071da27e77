import TestSupport
import Testing
import WorkerLink

@testable import Server

struct RandomLifecycleTests {
    @Test("whatever happens, in whatever order, the rules hold", arguments: 0..<200 as Range<UInt64>)
    func randomEvents(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
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
        _ step: Int, at now: Double, using random: inout SeededGenerator
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
