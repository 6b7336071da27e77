import WorkerLink

@testable import Server

/// The machine with a clock that only the test moves.
struct Timeline {
    var lifecycle: InstanceLifecycle
    /// Seconds.
    var now = 0.0
    private(set) var actions: [InstanceLifecycle.Action] = []

    init(jitter: Double = 1, isOnDemand: Bool = false) {
        lifecycle = InstanceLifecycle(at: 0, isOnDemand: isOnDemand) { jitter }
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

/// A worker's report of one source whose last frame was `age` seconds ago.
func progress(at now: Double, age: Double?, interval: Double?, isLive: Bool, frames: UInt64 = 7) -> Progress {
    Progress(
        now: .seconds(now),
        sources: [
            SourceProgress(
                node: "camera", frames: age == nil ? 0 : frames, lastFrame: age.map { .seconds(now - $0) },
                isLive: isLive, interval: interval)
        ])
}
