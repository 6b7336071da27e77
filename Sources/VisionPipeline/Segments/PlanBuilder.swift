internal import Dispatch
internal import Plans
internal import WorkerLink

/// Builds a plan: every node, property and link is checked, and every pipeline made, before anything runs.
struct PlanBuilder {
    var stages = StageCatalog.builtIn
    var limit = PictureLimit()
    var encoders: EncoderPool
    /// Whether `${name}` may stand for any value: for checking a plan, never for running one.
    var allowsUnboundParameters = false
    /// Factories that pipelines may hold; nil: any.
    var allowedElements: Set<String>?
    /// The plan has run before, and what it recorded is not written over.
    var goesOn = false
    var rules = SourceRules()
    /// What the plan says of all its sources; nil: nothing.
    var isLive: Bool?
    /// Stages' options that count more than the plan's, by node id.
    var stageOptions: [String: [String: ParameterValue]] = [:]
    /// Takes access units of taps at coded video, while somebody wants them; must not block.
    var deliverUnit: CodedPoint.Deliver = { _, _, _ in }
    /// What turns out wrong only when a child element appears.
    var reportLate: @Sendable ([Diagnostic]) -> Void = { _ in }

    /// - Throws: `PlanError` with everything that is wrong.
    func build(_ graph: PlanGraph) throws(PlanError) -> BuiltPlan {
        do {
            try GStreamer.initialize()
        } catch {
            let start = SourceRange(line: 1, column: 1, length: 1)
            throw PlanError([Diagnostic(.error, .unknownElement, at: start, error.message)])
        }
        var resolver = NodeResolver(stages: stages)
        let nodes = graph.nodes.map { resolver.resolve($0) }
        let planner = SegmentPlanner(nodes, graph.edges, isLive: isLive)
        var diagnostics = resolver.diagnostics + planner.diagnostics
        // Before anything is made: some elements open files when they are made, or when a property is set.
        let refused = refusals(nodes)
        guard refused.isEmpty else { throw PlanError(Self.sorted(diagnostics + refused)) }

        if !allowsUnboundParameters { diagnostics += graph.unboundParameters }
        let planned = planner.segments()
        let inlets = planned.map { $0.makeInlets(nodes) }
        var inletsByStage: [Int: [FrameInlet]] = [:]
        var inletsByCut: [Int: BranchInlet] = [:]
        for (segment, inlets) in zip(planned, inlets) {
            for (plan, inlet) in zip(segment.inlets, inlets) {
                if let cut = plan.cut {
                    inletsByCut[cut.number] = inlet
                } else {
                    inletsByStage[plan.source, default: []].append(FrameInlet(inlet))
                }
            }
        }
        var swift = SwiftNodes(
            nodes, planner.edges, graph.sideTaps, inlets: inletsByStage, stageOptions: stageOptions,
            encoders: encoders)
        swift.make()
        diagnostics += swift.diagnostics

        var capsText = CanonicalCaps()
        var caps: [Int: String] = [:]
        for (index, node) in nodes.enumerated() {
            if case .caps(let structures) = node.node.kind { caps[index] = capsText.canonical(structures) ?? "ANY" }
        }
        diagnostics += capsText.diagnostics

        let onPreroll = DispatchSemaphore(value: 0)
        var segments: [BuiltSegment] = []
        for (segment, inlets) in zip(planned, inlets) {
            var builder = SegmentBuilder(
                nodes: nodes, segment: segment, limit: limit, onPreroll: onPreroll, inlets: inlets,
                cutInlets: inletsByCut, attachments: swift.attachments, reportLate: reportLate)
            builder.allowedElements = allowedElements
            builder.goesOn = goesOn
            builder.rules = rules
            builder.deliverUnit = deliverUnit
            if let built = builder.build(caps: caps) {
                built.recipe = SegmentRecipe(
                    segment, nodes, caps: caps, inlets: inlets, cutInlets: inletsByCut, limit: limit,
                    allowedElements: allowedElements, rules: rules, reportLate: reportLate)
                segments.append(built)
            }
            diagnostics += builder.diagnostics
        }
        diagnostics += Self.negotiate(segments, planned)
        var taps = swift.compiledTaps
        for point in segments.flatMap(\.points) {
            for place in point.taps.values where taps.indices.contains(place) { taps[place].coding = point.coding }
        }
        let compiled = CompiledPlan(
            taps: taps, stages: swift.controls.map(\.compiled),
            warnings: Self.sorted(diagnostics.filter { $0.severity == .warning }),
            finishesFiles: segments.contains(where: \.hasOwnSinks))
        let plan = BuiltPlan(
            segments: segments, taps: swift.taps, stages: swift.controls, compiled: compiled, onPreroll: onPreroll)
        if diagnostics.contains(where: { $0.severity == .error }) {
            plan.stop()
            throw PlanError(Self.sorted(diagnostics))
        }
        return plan
    }

    /// Elements that the plan names and that it may not have.
    private func refusals(_ nodes: [ResolvedNode]) -> [Diagnostic] {
        guard let allowedElements else { return [] }
        return nodes.compactMap { node in
            guard let name = node.factory?.name, !allowedElements.contains(name) else { return nil }
            return Diagnostic(
                .error, .elementNotAllowed, at: node.node.range,
                "'\(name)' is not allowed in plan text from the network")
        }
    }

    /// Once both sides of each cut are made: what they give and take.
    private static func negotiate(_ segments: [BuiltSegment], _ planned: [Segment]) -> [Diagnostic] {
        let cuts = Dictionary(planned.flatMap(\.cuts).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        return segments.flatMap(\.cuts).compactMap { outlet in
            guard let cut = cuts[outlet.cut], !outlet.negotiate() else { return nil }
            return Diagnostic(
                .error, .cannotLink, at: cut.link.range,
                "what comes here is nothing that the branch behind it takes",
                hint: "encode, convert or parse between the two")
        }
    }

    private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }.map(\.element)
    }
}

extension PlanGraph {
    fileprivate var unboundParameters: [Diagnostic] {
        let assignments = nodes.flatMap { node in
            if case .caps(let structures) = node.kind {
                node.properties + structures.flatMap(\.fields)
            } else {
                node.properties
            }
        }
        return assignments.compactMap { assignment in
            guard case .parameter(let name) = assignment.value else { return nil }
            return Diagnostic(.error, .missingParameter, at: assignment.valueRange, "${\(name)} has no value")
        }
    }
}
