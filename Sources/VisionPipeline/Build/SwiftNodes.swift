internal import Plans
internal import WorkerLink

/// The stages and taps of a plan, made from their options.
struct SwiftNodes {
    private let nodes: [ResolvedNode]
    private let edges: [Segment.Link]
    private let sideTaps: [SideTap]
    /// By the stage that feeds them.
    private let inlets: [Int: [FrameInlet]]
    /// Options that count more than the plan's, by node id.
    private let stageOptions: [String: [String: ParameterValue]]
    private let encoders: EncoderPool
    private let deliver: @Sendable (EncodedFrame) -> Void

    private(set) var diagnostics: [Diagnostic] = []
    /// In the order of the text; frames name their tap by its place here.
    private(set) var taps: [StreamTap] = []
    private(set) var compiledTaps: [CompiledTap] = []
    private var tapsByNode: [Int: StreamTap] = [:]
    private var stagesByNode: [Int: (stage: any Stage, control: StageControl)] = [:]
    /// In the order of the text.
    private(set) var controls: [StageControl] = []

    init(
        _ nodes: [ResolvedNode], _ edges: [Segment.Link], _ sideTaps: [SideTap], inlets: [Int: [FrameInlet]],
        stageOptions: [String: [String: ParameterValue]], encoders: EncoderPool,
        deliver: @escaping @Sendable (EncodedFrame) -> Void
    ) {
        self.nodes = nodes
        self.edges = edges
        self.sideTaps = sideTaps
        self.inlets = inlets
        self.stageOptions = stageOptions
        self.encoders = encoders
        self.deliver = deliver
    }

    mutating func make() {
        for (index, resolved) in nodes.enumerated() {
            switch resolved.kind {
            case .stage(let type): make(type, index)
            case .tap: makeTap(index)
            case .element, .unknown: break
            }
        }
    }

    private mutating func make(_ type: any Stage.Type, _ index: Int) {
        let node = nodes[index].node
        let maker = StageMaker(type: type, node: node)
        let changes = stageOptions[node.id] ?? [:]
        do throws(StageMaker.Failure) {
            let made = try maker.make(changes: changes)
            let control = StageControl(maker, options: made.options, changes: changes)
            stagesByNode[index] = (made.stage, control)
            controls.append(control)
        } catch {
            // Where values are still to come, what the stage says of the others is no verdict.
            let isOpen = node.properties.contains { if case .parameter = $0.value { true } else { false } }
            if case .refused = error, isOpen { return }
            diagnostics += error.diagnostics
        }
    }

    private mutating func makeTap(_ index: Int) {
        let node = nodes[index].node
        var reader = StageOptionsReader()
        let options = reader.read(node.properties, for: TapOptions.description, at: node.range)
        diagnostics += reader.diagnostics
        let attachPoint =
            sideTaps.first { $0.nodeID == node.id }?.attachPoint
            ?? edges.first { $0.target == index }.map { nodes[$0.source].node.id } ?? ""
        let compiled = TapOptions.tap(options, id: node.id, attachPoint: attachPoint)
        let tap = StreamTap(
            id: node.id, attachPoint: attachPoint, index: taps.count, defaults: compiled.defaults, fps: compiled.fps,
            encoders: encoders, deliver: deliver)
        taps.append(tap)
        compiledTaps.append(compiled)
        tapsByNode[index] = tap
    }

    /// What hangs on an outlet. A stage belongs to one tree only, since it has one input.
    func trees(_ outlet: Segment.Outlet) -> OutletTrees {
        var stages = StageTree()
        stages.roots = outlet.targets.compactMap { grow($0, in: &stages) }
        let taps = StageTree(taps: outlet.targets.compactMap { tapsByNode[$0] })
        return OutletTrees(taps: taps, stages: stages)
    }

    private func grow(_ index: Int, in tree: inout StageTree) -> Int? {
        // A stage that two edges lead to is an error already reported; a ring must not be walked for ever.
        guard let (stage, control) = stagesByNode[index], !tree.nodes.contains(where: { $0.id == nodes[index].node.id })
        else {
            return nil
        }
        let place = tree.nodes.count
        tree.nodes.append(
            StageTree.Node(
                id: nodes[index].node.id, stage: stage, handover: control.handover, times: StageTimes(), taps: [],
                children: [], inlets: inlets[index] ?? []))
        for edge in edges where edge.source == index {
            if let tap = tapsByNode[edge.target] {
                tree.nodes[place].taps.append(tap)
            } else if let child = grow(edge.target, in: &tree) {
                tree.nodes[place].children.append(child)
            }
        }
        return place
    }
}
