import Testing
import WorkerLink

@testable import Server

/// An instance with two cameras: it runs while one does, and its worker tries the other again by itself.
struct SeveralSourcesLifecycleTests {
    /// How one of them is.
    private enum Camera {
        case starting
        /// Its last frame came so many seconds ago.
        case age(Double)
        case retrying(FailureReason, in: Double?)
        case played
    }

    private func report(at now: Double, _ cameras: Camera...) -> InstanceLifecycle.Event {
        .progress(
            Progress(
                now: .seconds(now),
                sources: cameras.enumerated().map { part, camera in
                    var source = SourceProgress(
                        node: "camera\(part)", frames: 7, lastFrame: .seconds(now), isLive: true, interval: 0.04,
                        part: part)
                    switch camera {
                    case .starting: (source.frames, source.lastFrame) = (0, nil)
                    case .age(let age): source.lastFrame = .seconds(now - age)
                    case .retrying(let reason, let wait):
                        source.trouble = SourceTrouble(
                            reason, "no \(part)", nextRetry: wait.map { .seconds(now + $0) })
                    case .played: (source.isLive, source.hasEnded) = (false, true)
                    }
                    return source
                }))
    }

    @Test("runs when the first of them does, whatever the other is")
    func one() {
        for other in [Camera.starting, .retrying(.refused, in: 3), .age(100), .played] {
            var timeline = Timeline.started()
            timeline.at(1, report(at: 1, .starting, other))
            #expect(timeline.state != .running)
            timeline.at(2, report(at: 2, .age(0), other))
            #expect(timeline.state == .running && timeline.reason == nil)
            timeline.at(3, report(at: 3, other, .age(0)))
            #expect(timeline.state == .running && timeline.actions == [])
        }
    }

    @Test("retries where both are being retried, and runs again with the first of them, in the same worker")
    func both() {
        var timeline = Timeline.started()
        timeline.at(1, report(at: 1, .age(0), .age(0)))
        timeline.at(2, report(at: 2, .retrying(.disconnected, in: 1), .age(0)))
        #expect(timeline.state == .running)
        timeline.at(3, report(at: 3, .retrying(.refused, in: 9), .retrying(.unauthorized, in: 4)))
        #expect(timeline.actions == [.stateChanged] && timeline.state == .retrying)
        #expect(timeline.reason == .unauthorized && timeline.lifecycle.message == "no 1")
        #expect(timeline.nextRetry == 7)
        timeline.at(4, report(at: 4, .retrying(.refused, in: 8), .retrying(.unauthorized, in: nil)))
        #expect(timeline.state == .retrying && timeline.nextRetry == nil)
        for quarter in 1...40 {
            let now = 4 + Double(quarter) / 4
            timeline.run(until: now)
            #expect(timeline.actions == [], "no worker is replaced")
            timeline.at(now, report(at: now, .retrying(.refused, in: 8), .retrying(.unauthorized, in: nil)))
        }
        timeline.at(15, report(at: 15, .age(0), .retrying(.unauthorized, in: 4)))
        #expect(timeline.state == .running && timeline.nextRetry == nil && timeline.lifecycle.restarts == 0)
        timeline.at(15.1, .exited(.workerCrashed, "gone"))
        #expect(timeline.state == .retrying && timeline.nextRetry == 15.6)
    }

    @Test("a worker that does not look after silent sources is replaced, later than it should")
    func backstop() {
        var timeline = Timeline.started()
        timeline.at(1, report(at: 1, .age(0), .age(0)))
        timeline.at(9, report(at: 9, .age(8), .age(0)))
        #expect(timeline.state == .running)
        timeline.at(11, report(at: 11, .age(10), .age(2.5)))
        #expect(
            timeline.state == .stalled
                && timeline.lifecycle.message?.hasPrefix("no frame from camera0 for 10 s") == true)
        timeline.at(12, report(at: 12, .age(11), .played))
        #expect(timeline.actions == [])
        timeline.at(22, report(at: 22, .age(21), .age(13)))
        #expect(timeline.actions == [.stopWorker, .stateChanged] && timeline.reason == .noFrames)
    }

    @Test("the first frame of any of them is waited for longer than each of them is")
    func firstFrame() {
        var timeline = Timeline.started()
        for quarter in 1..<100 {
            let now = Double(quarter) / 4
            timeline.run(until: now)
            timeline.at(now, report(at: now, .starting, .starting))
        }
        #expect(timeline.state == .starting)
        timeline.run(until: 25)
        #expect(timeline.reason == .noFirstFrame)
    }
}
