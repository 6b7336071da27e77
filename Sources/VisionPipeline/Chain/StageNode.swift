internal import Foundation
internal import WorkerLink

/// A stage at its place in a plan, and what hangs on the frames that it passes on.
final class StageNode: @unchecked Sendable {
    // A slot belongs to the thread that runs the node; everything else is immutable.

    /// Where a stage's work is done.
    private enum Work {
        /// On the chain's own thread.
        case here(StageSlot)
        /// On threads of its own, several frames at a time; everything behind it hangs there, too.
        case workers(StageWorkers)
    }

    /// Node id in the plan.
    let id: String
    let times: StageTimes
    let behind: StageTree
    /// The stage's kind.
    private let kind: String
    private let input: StageInput
    /// Most stages take what comes, and are given it without a look.
    private let takesAnything: Bool
    private let work: Work

    /// - Parameter slots: one for each frame that is worked on at a time, at least one.
    init(
        id: String, description: StageDescription, slots: [StageSlot], times: StageTimes,
        receivers: [any FrameReceiver] = [], children: [StageNode] = []
    ) {
        self.id = id
        self.times = times
        kind = description.name
        input = description.input
        takesAnything = description.input == .pixels
        behind = StageTree(receivers: receivers, roots: children)
        work =
            slots.count > 1
            ? .workers(StageWorkers(name: id, slots: slots, times: times, rest: behind)) : .here(slots[0])
    }

    /// Works on a frame and passes the result on. A stage that throws loses this frame for what is behind it, and nothing
    /// else.
    func run(_ frame: Frame, with converter: inout FrameConverter) {
        let result: Frame?
        let start = MonotonicClock.now()
        do {
            let isReady = takesAnything && frame.format != .jpeg && frame.orientation == .upright
            let input = isReady ? frame : try converter.frame(frame, for: input, in: kind)
            switch work {
            case .here(let slot): result = try slot.process(input)
            case .workers(let workers): return workers.submit(input)
            }
        } catch {
            times.recordFailure()
            return
        }
        times.record(nanoseconds: MonotonicClock.now() - start)
        if let result { behind.pass(result, with: &converter) }
    }

    func drain(until deadline: Date?) {
        if case .workers(let workers) = work { workers.drain(until: deadline) } else { behind.drain(until: deadline) }
    }

    func interrupt() {
        if case .workers(let workers) = work { workers.stop() } else { behind.interrupt() }
    }
}
