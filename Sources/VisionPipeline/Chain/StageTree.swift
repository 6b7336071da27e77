internal import Foundation
internal import WorkerLink

/// The stages, taps and inlets that hang on one point of a plan, run depth first. Confined to one thread at a time: no locks,
/// no hop.
final class StageTree: FrameReceiver, @unchecked Sendable {
    // `converter` and the stages belong to the thread that offers frames; everything else is immutable.

    /// Taps and inlets directly on the point.
    private let receivers: [any FrameReceiver]
    /// Stages directly on it.
    private let roots: [Node]
    private var converter = FrameConverter()
    /// Those that this tree itself brings frames to.
    private let workers: [StageWorkers]
    /// Those behind stages and workers, too.
    private let allReceivers: [any FrameReceiver]

    init(receivers: [any FrameReceiver] = [], roots: [Node] = []) {
        self.receivers = receivers
        self.roots = roots
        let nodes = roots.flatMap(\.withChildren)
        let workers = nodes.compactMap { if case .workers(let workers) = $0.work { workers } else { nil } }
        self.workers = workers
        allReceivers = receivers + nodes.flatMap(\.receivers) + workers.flatMap(\.rest.allReceivers)
    }

    deinit { interrupt() }

    /// Offers the frame along the tree. A stage that throws loses this frame for what is behind it, and nothing else.
    func offer(_ frame: Frame) {
        for receiver in receivers { receiver.offer(frame) }
        for root in roots { run(root, frame) }
        converter.finish()
    }

    private func run(_ node: Node, _ frame: Frame) {
        let result: Frame?
        let start = MonotonicClock.now()
        do {
            let input = node.takesAnything ? frame : try converter.frame(frame, for: node.input, in: node.kind)
            switch node.work {
            case .here(let slot): result = try slot.process(input)
            case .workers(let workers): return workers.submit(input)
            }
        } catch {
            node.times.recordFailure()
            return
        }
        node.times.record(nanoseconds: MonotonicClock.now() - start)
        guard let result else { return }
        for receiver in node.receivers { receiver.offer(result) }
        for child in node.children { run(child, result) }
    }

    func configure(isLive: Bool) {
        for receiver in allReceivers { receiver.configure(isLive: isLive) }
    }

    func rateChanged(to rate: FrameRate?) {
        for receiver in allReceivers { receiver.rateChanged(to: rate) }
    }

    func endOfStream() {
        // What is still under way comes before the end.
        drain()
        end()
    }

    /// Waits until the frames that workers have taken by now are at the end of their way, or the time is over.
    func drain(until deadline: Date? = nil) {
        for workers in workers { workers.drain(until: deadline) }
    }

    /// Nothing more comes this way: what hangs on it finishes. Any thread.
    func end() {
        for receiver in allReceivers { receiver.endOfStream() }
    }

    /// Frames under way are given up: a thread that waits for room waits no longer. Any thread.
    func interrupt() {
        for workers in workers { workers.stop() }
    }
}

extension StageTree {
    /// A stage, and what takes the frames that it passes on.
    final class Node {
        /// Where a stage's work is done.
        enum Work {
            /// On the chain's own thread.
            case here(StageSlot)
            /// On threads of its own, several frames at a time; everything behind it hangs there, too.
            case workers(StageWorkers)
        }

        /// The stage's kind.
        let kind: String
        let input: StageInput
        /// Most stages take what comes, and are given it without a look.
        let takesAnything: Bool
        let work: Work
        let times: StageTimes
        /// Taps and inlets behind a stage that works here.
        let receivers: [any FrameReceiver]
        /// Stages behind it.
        let children: [Node]

        /// - Parameters:
        ///   - id: node id in the plan.
        ///   - slots: one for each frame that is worked on at a time, at least one.
        init(
            id: String, description: StageDescription, slots: [StageSlot], times: StageTimes,
            receivers: [any FrameReceiver] = [], children: [Node] = []
        ) {
            kind = description.name
            input = description.input
            takesAnything = description.input == .pixels
            self.times = times
            if slots.count > 1 {
                let rest = StageTree(receivers: receivers, roots: children)
                work = .workers(StageWorkers(name: id, slots: slots, times: times, rest: rest))
                (self.receivers, self.children) = ([], [])
            } else {
                work = .here(slots[0])
                (self.receivers, self.children) = (receivers, children)
            }
        }

        fileprivate var withChildren: [Node] { [self] + children.flatMap(\.withChildren) }
    }
}
