internal import Dispatch
public import Plans
public import WorkerLink

/// Runs one plan, once: build, play, and one ending.
///
/// Everything that changes a pipeline's state happens on one queue of its own, never on a streaming thread and never
/// on the cooperative pool: stopping waits for threads.
public final class PipelineRunner: Sendable {
    /// The plan's taps and warnings.
    public let compiled: CompiledPlan
    private let taps: [StreamTap]
    private let points: [CodedPoint]
    private let stageControls: [StageControl]
    /// For tests: those of the first attempts.
    let outlets: [FrameOutlet]
    private let control: RunControl
    private let queue = DispatchQueue(label: "streamtap.control")

    /// Builds the plan; nothing runs yet.
    ///
    /// - Parameters:
    ///   - plan: with its parameters bound.
    ///   - stages: those that the plan may name.
    ///   - stageOptions: options that count more than the plan's, by node id.
    ///   - allowedElements: factories that pipelines may hold, for text from the network; nil: any.
    ///   - goesOn: the plan has run before, and what it recorded is not written over: `clip.mp4` goes on in `clip-1.mp4`.
    ///   - deliver: called on encoder threads with each finished picture; must not block.
    ///   - ended: called once, when everything has stopped.
    /// - Throws: `PlanError` with everything that is wrong.
    public convenience init(
        plan: Plan, stages: StageCatalog = .builtIn, stageOptions: [String: [String: ParameterValue]] = [:],
        allowedElements: Set<String>? = nil, goesOn: Bool = false,
        deliver: @escaping @Sendable (EncodedFrame) -> Void, ended: @escaping @Sendable (PlanEnding) -> Void
    ) throws(PlanError) {
        try self.init(
            plan: plan, stages: stages, stageOptions: stageOptions, allowedElements: allowedElements, goesOn: goesOn,
            rules: SourceRules(), deliver: deliver, ended: ended)
    }

    /// - Parameter rules: what its sources are held to, besides.
    convenience init(
        plan: Plan, stages: StageCatalog, stageOptions: [String: [String: ParameterValue]],
        allowedElements: Set<String>?, goesOn: Bool, rules: SourceRules,
        deliver: @escaping @Sendable (EncodedFrame) -> Void, deliverUnit: @escaping CodedPoint.Deliver = { _, _, _ in },
        ended: @escaping @Sendable (PlanEnding) -> Void
    ) throws(PlanError) {
        try self.init(
            graph: plan.graph, isLive: plan.isLive, allowedSilence: plan.stall, stages: stages,
            stageOptions: stageOptions, allowedElements: allowedElements, goesOn: goesOn, rules: rules,
            deliver: deliver, deliverUnit: deliverUnit, ended: ended)
    }

    init(
        graph: PlanGraph, isLive: Bool? = nil, allowedSilence: Double? = nil, stages: StageCatalog = .builtIn,
        limit: PictureLimit = PictureLimit(),
        stageOptions: [String: [String: ParameterValue]] = [:], allowedElements: Set<String>? = nil,
        goesOn: Bool = false, rules: SourceRules = SourceRules(),
        deliver: @escaping @Sendable (EncodedFrame) -> Void, deliverUnit: @escaping CodedPoint.Deliver = { _, _, _ in },
        ended: @escaping @Sendable (PlanEnding) -> Void
    ) throws(PlanError) {
        let late = DiagnosticRelay()
        var builder = PlanBuilder(
            stages: stages, limit: limit, encoders: EncoderPool(deliver: deliver), reportLate: { late.report($0) })
        builder.stageOptions = stageOptions
        builder.allowedElements = allowedElements
        builder.goesOn = goesOn
        builder.rules = rules
        builder.isLive = isLive
        builder.deliverUnit = deliverUnit
        let plan = try builder.build(graph)
        compiled = plan.compiled
        taps = plan.taps
        points = plan.segments.flatMap(\.points)
        stageControls = plan.stages
        outlets = plan.segments.flatMap(\.outlets)
        control = RunControl(
            plan, graph, isLive: isLive, allowedSilence: allowedSilence, queue: queue, ended: ended)
        // What makes a source anew keeps this, and is kept by whoever runs the plan.
        let receive: @Sendable ([Diagnostic]) -> Void = { [queue, weak control] diagnostics in
            queue.async { [weak control] in control?.failed(late: diagnostics) }
        }
        receive(late.forward(to: receive))
    }

    /// Returns at once; what goes wrong is told by `ended`.
    public func start() {
        queue.async { [control] in control.start() }
    }

    /// Ends the plan in order: files are finished, each tap delivers its last frame once more.
    ///
    /// - Parameter seconds: how long sinks may take to finish their files.
    public func stop(within seconds: Double = 4) {
        control.interrupt()
        queue.async { [control] in control.stop(within: seconds) }
    }

    /// What sources wait for may be there: those of several that would be tried again later are tried at once.
    func hint() {
        queue.async { [control] in control.hint() }
    }

    /// Whether somebody watches, and what: replaces the demand before.
    public func demand(_ demand: Demand) {
        for tap in taps { tap.demand(demand.wanted.filter { $0.tap == tap.id }) }
        for point in points { point.stream(to: Set(demand.units.compactMap { point.taps[$0] })) }
    }

    /// Gives a stage other options while it runs; frames go on meanwhile.
    ///
    /// Takes as long as making the stage anew does. One call at a time, not on a streaming thread.
    public func change(_ stage: String, _ options: [String: ParameterValue?]) -> StageAnswer.Outcome {
        stageControls.first { $0.id == stage }?.change(options) ?? .unknown
    }

    /// Each outlet that a source feeds: what comes behind a stage may fail without the plan being any worse.
    public var sources: [SourceProgress] { control.sources.flatMap(\.progress) }
    /// Each vision stage, in the order of the text.
    public var stages: [StageProgress] { stageControls.map(\.progress) }
    /// Each GStreamer segment without a source of its own.
    public var branches: [BranchProgress] { control.branches.map(\.progress) }
    /// How servers take being asked whether they are there, by the plan's nodes.
    var keepAlive: [String: KeepAlive] { control.sources.reduce(into: [:]) { $0.merge($1.keepAlive) { $1 } } }
    /// Each tap, in the order of `compiled.taps`.
    public var tapProgress: [TapProgress] { taps.map(\.progress) }

    /// For tests: a tap by its id.
    func tap(_ id: String) -> StreamTap? { taps.first { $0.id == id } }
}
