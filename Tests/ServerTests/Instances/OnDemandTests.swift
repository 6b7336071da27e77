import Testing
import WorkerLink

@testable import Server

/// The life of an instance whose camera is left alone while nobody looks.
struct OnDemandTests {
    private static func idle() -> Timeline {
        var timeline = Timeline(isOnDemand: true)
        timeline.at(0, .start)
        timeline.at(0.2, .compiled)
        return timeline
    }

    private static func running() -> Timeline {
        var timeline = idle()
        timeline.at(1, .demand(true))
        timeline.frames(at: 1.5)
        return timeline
    }

    @Test("A plan that is sound waits, and its worker goes after a while; what it says meanwhile changes nothing")
    func waiting() {
        var timeline = Self.idle()
        #expect(timeline.state == .idle && timeline.actions == [.stateChanged])
        for step in 1...36 { timeline.frames(at: 0.25 * Double(step), age: 0.25 * Double(step)) }
        #expect(timeline.state == .idle && timeline.actions.isEmpty)
        timeline.run(until: 10)
        #expect(timeline.now == 10 && timeline.actions == [.stopWorker])
        timeline.at(10.2, .exited(.workerCrashed, ""))
        #expect(timeline.state == .idle && timeline.lifecycle.nextDeadline == nil && timeline.actions.isEmpty)
        timeline.at(60, .demand(true))
        #expect(timeline.state == .starting && timeline.actions == [.stateChanged, .startWorker])
        timeline.at(60.2, .compiled)
        timeline.frames(at: 60.5)
        #expect(timeline.state == .running && timeline.lifecycle.restarts == 0)
    }

    @Test("Who looks while the worker is there has it begin at once, with all the time that a first frame may take")
    func looking() {
        var timeline = Self.idle()
        timeline.frames(at: 7.9, age: 8)
        timeline.at(8, .demand(true))
        #expect(timeline.state == .starting && timeline.actions == [.stateChanged])
        for step in 1...30 {
            timeline.at(8 + 0.25 * Double(step), .progress(Progress(now: .seconds(8 + 0.25 * Double(step)))))
        }
        #expect(timeline.state == .starting)
        timeline.frames(at: 15.7)
        #expect(timeline.state == .running)
    }

    @Test("Ten seconds after the last who looked it is idle; one who comes before that finds it running")
    func leaving() {
        var timeline = Self.running()
        #expect(timeline.state == .running)
        timeline.at(20, .demand(false))
        timeline.frames(at: 29)
        timeline.at(29.5, .demand(true))
        for step in 0..<60 { timeline.frames(at: 30 + Double(step)) }
        #expect(timeline.state == .running)
        timeline.at(90, .demand(false))
        timeline.at(91, .demand(false))
        timeline.frames(at: 99)
        timeline.run(until: 100)
        #expect(timeline.state == .idle && timeline.actions == [.stopWorker, .stateChanged])
        // Somebody comes while the worker is on its way out.
        timeline.at(100.1, .demand(true))
        #expect(timeline.actions.isEmpty)
        timeline.at(100.3, .exited(.workerCrashed, ""))
        #expect(timeline.state == .starting && timeline.actions == [.stateChanged, .startWorker])
    }

    @Test("A camera that is not there is not tried again for nobody; one that nobody looked at has not failed")
    func away() {
        var timeline = Self.running()
        timeline.at(20, .demand(false))
        timeline.fail(at: 21, .unreachable)
        #expect(timeline.state == .retrying)
        while timeline.state == .retrying, timeline.now < 100 {
            guard let deadline = timeline.lifecycle.nextDeadline else { break }
            timeline.at(deadline.inSeconds, .tick)
            if timeline.actions.contains(.startWorker) { timeline.fail(at: timeline.now + 0.1, .unreachable) }
        }
        #expect(timeline.state == .idle && timeline.now == 30)
        timeline.at(40, .demand(true))
        #expect(timeline.actions == [.stateChanged, .startWorker])
        timeline.at(40.1, .stop)
        timeline.at(40.2, .exited(.stopRequested, ""))
        #expect(timeline.lifecycle.isFinished)

        var held = Self.idle()
        held.at(1, .exited(.workerCrashed, ""))
        #expect(held.state == .idle && held.actions.isEmpty)
        held.at(2, .demand(true))
        #expect(held.actions == [.stateChanged, .startWorker])
        held.at(2.1, .invalid(.planInvalid, ""))
        #expect(held.state == .failed)
    }

    @Test("Demand means nothing to an instance that runs anyway")
    func always() {
        var timeline = Timeline.running()
        timeline.at(1, .demand(false))
        for step in 1...60 { timeline.frames(at: Double(step)) }
        #expect(timeline.state == .running)
    }
}
