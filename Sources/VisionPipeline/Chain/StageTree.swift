internal import WorkerLink

/// The stages and taps that hang on one edge, run depth first. Confined to one thread at a time: no locks, no hop.
struct StageTree {
    struct Node {
        /// Node id in the plan.
        let id: String
        /// The stage's kind.
        let kind: String
        let input: StageInput
        var work: Work
        let times: StageTimes
        /// Taps on what the stage passes on.
        var taps: [StreamTap]
        /// Indices of the stages behind it.
        var children: [Int]
        /// Branches of GStreamer elements on what the stage passes on.
        var inlets: [FrameInlet] = []
    }

    /// Where a stage's work is done.
    enum Work {
        /// On the chain's own thread.
        case here(StageSeat)
        /// On threads of its own, several frames at a time; everything behind it hangs there, too.
        case workers(StageWorkers)
    }

    /// Taps directly on the edge.
    var taps: [StreamTap] = []
    /// Branches directly on it.
    var inlets: [FrameInlet] = []
    /// Stages directly on the edge.
    var roots: [Int] = []
    var nodes: [Node] = []
    private var converter = FrameConverter()

    init(taps: [StreamTap] = [], inlets: [FrameInlet] = []) {
        self.taps = taps
        self.inlets = inlets
    }

    /// Offers the frame along the tree. A stage that throws loses this frame for what is behind it, and nothing else.
    mutating func run(_ frame: Frame) {
        for tap in taps { tap.offer(frame) }
        for inlet in inlets { inlet.push(frame) }
        for root in roots { run(root, frame) }
        converter.finish()
    }

    private mutating func run(_ index: Int, _ frame: Frame) {
        let result: Frame?
        let start = MonotonicClock.now()
        do {
            // Most stages take what comes, and are given it without a look.
            let input =
                nodes[index].input == .pixels
                ? frame : try converter.frame(frame, for: nodes[index].input, in: nodes[index].kind)
            switch nodes[index].work {
            case .here(let seat): result = try seat.process(input)
            case .workers(let workers): return workers.submit(input)
            }
        } catch {
            nodes[index].times.recordFailure()
            return
        }
        nodes[index].times.record(nanoseconds: MonotonicClock.now() - start)
        guard let result else { return }
        for tap in nodes[index].taps { tap.offer(result) }
        for inlet in nodes[index].inlets { inlet.push(result) }
        for child in nodes[index].children { run(child, result) }
    }

    /// Every node, those behind workers too.
    var allNodes: [Node] {
        nodes.flatMap { node -> [Node] in
            if case .workers(let workers) = node.work { [node] + workers.behind } else { [node] }
        }
    }

    /// Those that this tree itself brings frames to.
    var workers: [StageWorkers] {
        nodes.compactMap { if case .workers(let workers) = $0.work { workers } else { nil } }
    }
}
