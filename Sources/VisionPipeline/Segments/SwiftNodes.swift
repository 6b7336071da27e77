internal import Plans
internal import WorkerLink

/// The stages and taps of a plan, made from their options.
struct SwiftNodes {
    private let nodes: [ResolvedNode]
    private let edges: [Segment.Link]
    private let sideTaps: [PlanSideTap]
    /// By the stage that feeds them.
    private let inlets: [Int: [FrameInlet]]
    /// Options that count more than the plan's, by node id.
    private let stageOptions: [String: [String: ParameterValue]]
    private let encoders: EncoderPool

    private(set) var diagnostics: [Diagnostic] = []
    /// In the order of the text; frames name their tap by its place here.
    private(set) var taps: [StreamTap] = []
    private(set) var compiledTaps: [CompiledTap] = []
    private var tapsByNode: [Int: StreamTap] = [:]
    private var stagesByNode: [Int: (description: StageDescription, slots: [StageSlot], times: StageTimes)] = [:]
    /// In the order of the text.
    private(set) var controls: [StageControl] = []

    init(
        _ nodes: [ResolvedNode], _ edges: [Segment.Link], _ sideTaps: [PlanSideTap], inlets: [Int: [FrameInlet]],
        stageOptions: [String: [String: ParameterValue]], encoders: EncoderPool
    ) {
        self.nodes = nodes
        self.edges = edges
        self.sideTaps = sideTaps
        self.inlets = inlets
        self.stageOptions = stageOptions
        self.encoders = encoders
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
            let control = StageControl(maker, made, changes: changes)
            stagesByNode[index] = (type.description, control.slots(made.stages), control.times)
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
        let options = reader.read(TapOptions.given(node.properties), for: TapOptions.description, at: node.range)
        diagnostics += reader.diagnostics
        let attachPoint =
            sideTaps.first { $0.nodeID == node.id }?.attachPoint
            ?? edges.first { $0.target == index }.map { nodes[$0.source].node.id } ?? ""
        let compiled = TapOptions.tap(options, id: node.id, attachPoint: attachPoint)
        let tap = StreamTap(
            id: node.id, attachPoint: attachPoint, index: taps.count, defaults: compiled.defaults, fps: compiled.fps,
            encoders: encoders)
        taps.append(tap)
        compiledTaps.append(compiled)
        tapsByNode[index] = tap
    }

    /// What hangs on an outlet. A stage belongs to one outlet only, since it has one input.
    func attachments(of outlet: Segment.Outlet) -> OutletAttachments {
        // A stage that two edges lead to is an error already reported; a ring must not be walked for ever.
        var seen: Set<Int> = []
        return OutletAttachments(
            taps: outlet.targets.compactMap { tapsByNode[$0] }, stages: outlet.targets.compactMap { grow($0, &seen) })
    }

    private func grow(_ index: Int, _ seen: inout Set<Int>) -> StageNode? {
        guard let stage = stagesByNode[index], seen.insert(index).inserted else { return nil }
        let targets = edges.filter { $0.source == index }.map(\.target)
        let taps: [any FrameReceiver] = targets.compactMap { tapsByNode[$0] }
        return StageNode(
            id: nodes[index].node.id, description: stage.description, slots: stage.slots, times: stage.times,
            receivers: taps + (inlets[index] ?? []), children: targets.compactMap { grow($0, &seen) })
    }
}

/// What hangs on an outlet in Swift.
struct OutletAttachments {
    var taps: [StreamTap] = []
    var stages: [StageNode] = []
}
