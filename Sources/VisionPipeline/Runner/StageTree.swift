internal import WorkerLink

/// The stages and taps that hang on one edge, run depth first. Confined to the edge's streaming thread: no locks, no hop.
struct StageTree {
    struct Node {
        /// Node id in the plan.
        let id: String
        var stage: any Stage
        /// Where a stage with other options comes from.
        let handover: StageHandover
        let times: StageTimes
        /// Taps on what the stage passes on.
        var taps: [StreamTap]
        /// Indices of the stages behind it.
        var children: [Int]
        /// Branches of GStreamer elements on what the stage passes on.
        var inlets: [FrameInlet] = []
    }

    /// Taps directly on the edge.
    var taps: [StreamTap] = []
    /// Stages directly on the edge.
    var roots: [Int] = []
    var nodes: [Node] = []

    /// Offers the frame along the tree. A stage that throws loses this frame for what is behind it, and nothing else.
    mutating func run(_ frame: Frame) {
        for tap in taps { tap.offer(frame) }
        for root in roots { run(root, frame) }
    }

    private mutating func run(_ index: Int, _ frame: Frame) {
        let result: Frame?
        if var next = nodes[index].handover.take() {
            next.succeed(nodes[index].stage)
            nodes[index].stage = next
        }
        let start = MonotonicClock.now()
        do {
            result = try nodes[index].stage.process(frame)
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
}
