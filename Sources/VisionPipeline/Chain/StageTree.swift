internal import Foundation
internal import Synchronization

/// What hangs on one point of a plan: taps and inlets, and the stages behind it with all that hangs on those.
///
/// Confined to the thread that offers frames: no locks, no hop, but where a way has a thread of its own.
final class StageTree: FrameReceiver, @unchecked Sendable {
    // `converter` and what works here belong to the thread that offers frames; everything else is immutable.

    /// Taps and inlets.
    private let receivers: [any FrameReceiver]
    /// Stages that work on the thread that offers frames.
    private let stages: [StageNode]
    /// Stages with threads of their own.
    private let subtrees: [StageSubtree]
    private var converter: FrameConverter
    private let failures = DecodeFailures()
    private let isInterrupted = Atomic<Bool>(false)
    /// Told before the first frame.
    private var isLive = false

    /// Which stages directly on the point have threads of their own while frames are live.
    enum Threads {
        /// Every one: the thread that offers frames is not kept.
        case eachStage
        /// Every one where there are several, so that none waits for another; one alone goes on where the stage before
        /// it works.
        case parallelStages
    }

    /// - Parameter roots: the stages directly on the point.
    init(receivers: [any FrameReceiver] = [], roots: [StageNode] = [], threads: Threads = .parallelStages) {
        self.receivers = receivers
        converter = FrameConverter(counting: failures)
        let haveThreads =
            switch threads {
            case .eachStage: true
            case .parallelStages: roots.count > 1
            }
        stages = haveThreads ? [] : roots
        subtrees = haveThreads ? roots.map { StageSubtree($0) } : []
    }

    deinit { interrupt() }

    func offer(_ frame: Frame) {
        pass(frame, with: &converter)
        converter.finish()
    }

    /// Offers the frame along the tree.
    ///
    /// - Parameter converter: of the thread that this is called on; what is made of a frame once is made for all stages there.
    func pass(_ frame: Frame, with converter: inout FrameConverter) {
        // A stage may have been at it for long: by now the run may be over.
        guard !isInterrupted.load(ordering: .acquiring) else { return }
        for receiver in receivers { receiver.offer(frame) }
        for subtree in subtrees where !subtree.takes(frame) { subtree.stage.run(frame, with: &converter) }
        for stage in stages { stage.run(frame, with: &converter) }
    }

    func configure(isLive: Bool) {
        self.isLive = isLive
        for receiver in receivers { receiver.configure(isLive: isLive) }
        for subtree in subtrees { subtree.configure(isLive: isLive) }
        for stage in stages { stage.behind.configure(isLive: isLive) }
    }

    func rateChanged(to rate: FrameRate?) {
        for receiver in receivers { receiver.rateChanged(to: rate) }
        for stage in stages + subtrees.map(\.stage) { stage.behind.rateChanged(to: rate) }
    }

    /// Stages see every frame; else it is for the taps to say.
    var wantsFrames: Bool { !stages.isEmpty || !subtrees.isEmpty || receivers.contains(where: \.wantsFrames) }

    func pass(at arrival: Int64, width: Int, height: Int) {
        for receiver in receivers { receiver.pass(at: arrival, width: width, height: height) }
    }

    func forgetNewest() {
        for receiver in receivers { receiver.forgetNewest() }
    }

    var busySince: Int64? {
        (subtrees.compactMap(\.busySince) + (stages + subtrees.map(\.stage)).compactMap(\.behind.busySince)).min()
    }

    /// The same picture is broken on every way that decodes it.
    var decodeErrors: UInt64 { subtrees.reduce(failures.value) { max($0, $1.decodeErrors) } }

    func endOfStream() {
        // What is still under way comes before the end; of a live source, where a stage that hangs holds nobody.
        drain(until: isLive ? Date(timeIntervalSinceNow: Self.patience) : nil)
        end()
    }

    /// How long the end of a live source waits for frames under way, seconds.
    private static let patience = 5.0

    /// Waits until the frames that other threads have taken by now are at the end of their way, or the time is over.
    func drain(until deadline: Date? = nil) {
        for subtree in subtrees { subtree.drain(until: deadline) }
        for stage in stages { stage.drain(until: deadline) }
    }

    /// Nothing more comes this way: what hangs on it finishes. Any thread.
    func end() {
        for receiver in receivers { receiver.endOfStream() }
        for stage in stages + subtrees.map(\.stage) { stage.behind.end() }
    }

    /// Frames under way are given up: a thread that waits for room waits no longer, and what a stage has made of one by then
    /// goes nowhere. Any thread.
    func interrupt() {
        isInterrupted.store(true, ordering: .releasing)
        for subtree in subtrees { subtree.stop() }
        for stage in stages { stage.interrupt() }
    }
}
