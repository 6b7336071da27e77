import Testing
import WorkerLink

@testable import VisionPipeline

/// One of several sources, with a clock that only the test moves.
struct SourceConditionTests {
    /// Seconds stand for CLOCK_MONOTONIC.
    struct Source {
        var condition = SourceCondition(at: 0) { 1 }
        var actions: [SourceCondition.Action] = []

        mutating func at(_ seconds: Double, _ event: SourceCondition.Event) {
            actions = condition.handle(event, at: Int64(seconds * 1e9))
        }

        /// A frame came `age` ago; nil: none has.
        mutating func look(at seconds: Double, age: Double?, awaitsWhole: Bool = false) {
            let now = Int64(seconds * 1e9)
            at(
                seconds,
                .report([
                    SourceProgress(
                        node: "camera", frames: age == nil ? 0 : 9, lastFrame: age.map { now - Int64($0 * 1e9) },
                        isLive: true, interval: 0.04, awaitsWholePicture: awaitsWhole)
                ]))
        }

        var nextRetry: Double? { condition.trouble?.nextRetry.map { Double($0) / 1e9 } }
    }

    @Test("fails, waits, begins anew, and runs again")
    func life() {
        var source = Source()
        source.look(at: 1, age: nil)
        #expect(source.actions == [] && source.condition.trouble == nil && source.condition.isUp)
        source.look(at: 2, age: 0)
        #expect(source.condition.isRunning)
        source.at(3, .failed(.disconnected, "gone"))
        #expect(source.actions == [.stop])
        #expect(source.condition.trouble == SourceTrouble(.disconnected, "gone"))
        source.at(3.1, .failed(.cameraError, "the same, told twice"))
        #expect(source.actions == [] && source.condition.trouble?.reason == .disconnected)
        source.look(at: 3.6, age: nil)
        #expect(source.actions == [], "not before the pipeline is gone")
        source.at(3.7, .stopped(0))
        #expect(source.condition.trouble?.nextRetry == 3_500_000_000)
        source.look(at: 3.75, age: nil)
        #expect(source.actions == [.build] && source.condition.attempt == 1)
        #expect(source.condition.trouble == SourceTrouble(.disconnected, "gone"), "until frames come")
        source.look(at: 4, age: 0)
        #expect(source.actions == [.tellRecovery] && source.condition.trouble == nil)
    }

    @Test(
        "begins at once when what it waits for may be there", arguments: [FailureReason.deviceMissing, .workerCrashed])
    func hint(_ reason: FailureReason) {
        var source = Source()
        source.look(at: 1, age: 0)
        for second in 2..<9 {
            source.at(Double(second) * 100, .failed(reason, "gone"))
            source.at(Double(second) * 100, .stopped(source.condition.attempt))
            guard second < 8 else { break }
            source.look(at: Double(second) * 100 + 90, age: nil)
            #expect(source.actions == [.build])
        }
        source.at(805, .hint)
        source.look(at: 805, age: nil)
        #expect(source.actions == (reason == .deviceMissing ? [.build] : []))
    }

    @Test(
        "waits as an instance does",
        arguments: [
            (FailureReason.refused, [0.5, 1, 2, 5, 10, 30, 30]), (.unauthorized, [30, 60, 120, 240, 300, 300]),
        ])
    func waits(_ reason: FailureReason, _ expected: [Double]) {
        var source = Source()
        var now = 0.0
        for wait in expected {
            source.at(now, .failed(reason, ""))
            source.at(now, .stopped(source.condition.attempt))
            #expect(source.nextRetry == now + wait)
            now += wait
            source.look(at: now, age: nil)
            #expect(source.actions == [.build])
        }
        // Half a minute of frames, and the next failure is a first one.
        source.look(at: now, age: 0)
        source.look(at: now + 31, age: 0)
        source.at(now + 32, .failed(.refused, ""))
        source.at(now + 32, .stopped(source.condition.attempt))
        #expect(source.nextRetry == now + 32.5)
    }

    @Test("a camera that freezes is begun anew, one between keyframes is waited for")
    func silence() {
        var source = Source()
        source.look(at: 0.5, age: 0)
        source.look(at: 4, age: 3.5)
        #expect(source.actions == [] && source.condition.isRunning)
        source.look(at: 6, age: 5.5)
        #expect(source.actions == [.stop])
        #expect(source.condition.trouble?.reason == .noFrames)
        #expect(source.condition.trouble?.message == "no frame from camera for 5 s: one each 0.04 s is usual")

        var first = Source()
        first.look(at: 9.9, age: nil)
        #expect(first.actions == [])
        first.look(at: 10, age: nil)
        #expect(first.actions == [.stop] && first.condition.trouble?.reason == .noFirstFrame)

        var joined = Source()
        joined.look(at: 30, age: nil, awaitsWhole: true)
        #expect(joined.actions == [])
        joined.look(at: 60, age: nil, awaitsWhole: true)
        #expect(joined.condition.trouble?.message == "no whole picture within 60 s")
    }

    @Test("a pipeline that does not end is left, and a second one; then the next attempt waits")
    func hanging() {
        var source = Source()
        source.at(0, .failed(.cameraError, ""))
        source.look(at: 9, age: nil)
        #expect(source.actions == [])
        source.look(at: 11, age: nil)
        #expect(source.actions == [.leave] && source.condition.left == [0: 0])
        source.look(at: 11.25, age: nil)
        #expect(source.actions == [.build])
        source.at(12, .failed(.cameraError, ""))
        source.look(at: 23, age: nil)
        #expect(source.actions == [.leave] && source.condition.left.count == 2)
        source.look(at: 100, age: nil)
        #expect(source.actions == [] && !source.condition.isStuck(at: 100_000_000_000))
        #expect(source.condition.isStuck(at: 400_000_000_000))
        source.at(401, .stopped(0))
        #expect(!source.condition.isStuck(at: 402_000_000_000))
        source.look(at: 402, age: nil)
        #expect(source.actions == [.build] && source.condition.attempt == 2)
        source.look(at: 403, age: 0)
        source.at(404, .stopped(1))
        #expect(source.condition.isRunning, "what an earlier one does is nothing to it")
    }

    @Test("a film that has been played is not begun again")
    func completed() {
        var source = Source()
        source.look(at: 1, age: 0)
        source.at(2, .completed)
        source.at(3, .failed(.cameraError, ""))
        source.look(at: 100, age: nil)
        #expect(source.actions == [] && source.condition.isCompleted && source.condition.trouble == nil)
    }
}
