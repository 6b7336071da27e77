import Testing
import WorkerLink

@testable import Server

/// When an instance that failed tries again.
struct RetryScheduleTests {
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
}
