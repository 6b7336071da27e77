import Testing
import WorkerLink

@testable import Server

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

    @Test("waits for a keyframe while pictures come, for a minute")
    func keyframe() {
        var timeline = Timeline.started()
        for quarter in 1..<240 {
            let now = Double(quarter) / 4
            timeline.run(until: now)
            var waiting = progress(at: now, age: nil, interval: nil, isLive: true)
            waiting.sources[0].awaitsWholePicture = true
            timeline.at(now, .progress(waiting))
            #expect(timeline.state == .starting)
        }
        timeline.run(until: 60)
        #expect(timeline.state == .retrying)
        #expect(timeline.reason == .noFirstFrame)
        #expect(timeline.lifecycle.message == "no whole picture within 60 s")
    }

    @Test("begins at once when what it waits for may be there, and with the first waits again")
    func hint() {
        func isNear(_ time: Double?, _ expected: Double) -> Bool { time.map { abs($0 - expected) < 1e-6 } == true }
        var timeline = Timeline.running()
        timeline.at(1, .hint)
        #expect(timeline.actions == [] && timeline.state == .running)
        var now = 1.0
        for _ in 0..<6 {
            timeline.fail(at: now, .deviceMissing)
            now = timeline.nextRetry ?? 0
            timeline.run(until: now)
            now += 0.3
        }
        timeline.fail(at: now, .deviceMissing)
        #expect(isNear(timeline.nextRetry, now + 30))
        timeline.at(now + 3, .hint)
        #expect(timeline.actions == [.stateChanged, .startWorker] && timeline.state == .starting)
        timeline.fail(at: now + 3.2, .deviceMissing)
        #expect(isNear(timeline.nextRetry, now + 3.7))
        // It came while an attempt was on that began too early.
        timeline.run(until: now + 3.7)
        timeline.at(now + 3.8, .hint)
        #expect(timeline.actions == [] && timeline.state == .starting)
        timeline.fail(at: now + 3.9, .deviceMissing)
        #expect(isNear(timeline.nextRetry, now + 4.4))
        // Bad contact: not more often than twice a second.
        timeline.at(now + 3.95, .hint)
        #expect(timeline.actions == [] && isNear(timeline.nextRetry, now + 4.2))
    }

    @Test(
        "goes on waiting where the camera's presence is not the matter",
        arguments: [FailureReason.workerCrashed, .unauthorized])
    func noHint(reason: FailureReason) {
        var timeline = Timeline.running()
        timeline.fail(at: 1, reason)
        let next = timeline.nextRetry
        timeline.at(1.1, .hint)
        #expect(timeline.actions == [] && timeline.nextRetry == next)
    }

    @Test("says who has the camera once that is known, while that is still the matter")
    func explained() {
        var timeline = Timeline.running()
        timeline.fail(at: 1, .deviceBusy)
        timeline.at(1.1, .explained(.deviceMissing, "no"))
        #expect(timeline.actions == [] && timeline.lifecycle.message == "")
        let next = timeline.nextRetry
        timeline.at(1.1, .explained(.deviceBusy, "in use by ffmpeg"))
        #expect(timeline.actions == [.stateChanged] && timeline.lifecycle.message == "in use by ffmpeg")
        #expect(timeline.nextRetry == next)
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
        case .idle:
            timeline = Timeline(isOnDemand: true)
            timeline.at(0, .start)
            timeline.at(0.2, .compiled)
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
            #expect(timeline.actions == [.stopWorker], "it may be more urgent than it was")
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
}
