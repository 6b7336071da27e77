internal import CGStreamer
internal import Dispatch
internal import Plans
internal import WorkerLink

/// Makes the pipeline of one segment: parses its launch text, binds properties, puts what Swift needs behind its outlets.
struct SegmentBuilder {
    private let nodes: [ResolvedNode]
    private let segment: Segment
    private let limit: PictureLimit
    private let onPreroll: DispatchSemaphore
    /// What hangs on an outlet.
    private let attachments: (Segment.Outlet) -> OutletAttachments
    /// In the order of the segment's own.
    private let inlets: [BranchInlet]
    /// Of the segments that were cut off, by the cut's number.
    private let cutInlets: [Int: BranchInlet]
    private let reportLate: @Sendable ([Diagnostic]) -> Void
    private(set) var diagnostics: [Diagnostic] = []
    private var metadata: FrameMetadataQueue?
    private let decoding = DecodeCounts()
    private var arrivals: SourceArrivals?
    private var signs: SourceSigns?
    private var sessions: RTSPSessions?
    /// Nodes whose pads are not what they would be, since what decides about those cannot be set; reported.
    private var misconfigured: Set<Int> = []
    /// Factories that the pipeline may hold; nil: any.
    var allowedElements: Set<String>?
    /// The outlets of the attempt before, in the same order: what takes their frames takes those of the new ones.
    var predecessors: [FrameOutlet] = []
    /// Whether frames may come to the inlets at once.
    var opensInlets = true
    /// There was a pipeline before, whose files are not to be written over.
    var goesOn = false
    var rules = SourceRules()
    /// Takes the units of coded points for whoever wants the video itself.
    var deliverUnit: CodedPoint.Deliver = { _, _, _ in }
    /// Its number, where one follows the other: making it may take so long that the next one is there first.
    var attempt: UInt64 = 0

    init(
        nodes: [ResolvedNode], segment: Segment, limit: PictureLimit, onPreroll: DispatchSemaphore,
        inlets: [BranchInlet] = [], cutInlets: [Int: BranchInlet] = [:],
        attachments: @escaping (Segment.Outlet) -> OutletAttachments,
        reportLate: @escaping @Sendable ([Diagnostic]) -> Void
    ) {
        self.nodes = nodes
        self.segment = segment
        self.limit = limit
        self.onPreroll = onPreroll
        self.inlets = inlets
        self.cutInlets = cutInlets
        self.attachments = attachments
        self.reportLate = reportLate
    }

    /// Nil when not even a pipeline could be made; otherwise stop what is returned, whatever the diagnostics.
    mutating func build(caps: [Int: String]) -> BuiltSegment? {
        var construction = ConstructionProperties()
        var made: [Int: String] = [:]
        for node in segment.nodes {
            let before = construction.diagnostics.count
            made[node] = construction.launchText(of: nodes[node])
            if construction.diagnostics.count > before { misconfigured.insert(node) }
        }
        diagnostics += construction.diagnostics
        let launch = LaunchText(segment, nodes, caps: caps, construction: made)
        let (parsed, complaint) = parse(launch)
        guard let pipeline = parsed else { return nil }
        let handle = PipelineHandle(owning: pipeline)
        watchElements(in: pipeline)
        DecoderGuard.install(on: pipeline, limit: limit, counting: decoding)
        // What comes into a branch was looked at where it was cut off.
        if !segment.isBranch(nodes) { CodedGuard.install(on: pipeline, limit: limit, counting: decoding) }
        if segment.inlets.isEmpty { UntimedPictures.install(on: pipeline) }
        TurnedPictures.install(on: pipeline)
        EvenSides.install(on: pipeline)
        PlainLayout.install(on: pipeline)
        countSources(in: pipeline)
        watchSources(in: pipeline, caps: caps)
        guard !diagnostics.contains(where: { $0.code == .elementNotAllowed }) else {
            handle.stop()
            return nil
        }
        let links = LinkChecker(segment, nodes, launch: launch, pipeline: pipeline, misconfigured: misconfigured)
        diagnostics += links.problemsOfPads()
        bindProperties(in: pipeline)
        LateQuestions.askAgain(in: pipeline, of: segment.nodes.map { LaunchText.name(ofNode: $0) })
        ParameterSets.repeatWhereReadersJoin(launch.parsers, in: pipeline)
        if !hasErrors { diagnostics += links.problemsOfCaps() }
        if let complaint, !hasErrors {
            report(.cannotLink, at: segment.nodes.first, named(complaint))
        }
        let start = attachInlets(launch, in: pipeline)
        var outlets = outletBuilder(in: pipeline)
        let branchQueues =
            launch.branchQueues.compactMap { pipeline.child(named: $0) } + outlets.linkOpenHeads(launch)
        outlets.makeOutlets(launch.heads)
        diagnostics += outlets.diagnostics
        let cuts = zip(segment.cuts, launch.cutHeads).compactMap { makeCut($0, head: $1, in: pipeline) }
        let nodeIDs = segment.nodes.map { (LaunchText.name(ofNode: $0), nodes[$0].node.id) }
        let feeding = segment.feeding
        return BuiltSegment(
            pipeline: handle, outlets: outlets.outlets, trees: outlets.trees, cuts: cuts,
            sources: segment.nodes.filter { nodes[$0].factory?.hasSink == false }.map {
                BuiltSource($0, nodes)
            }, arrivals: arrivals, signs: signs, sessions: sessions,
            hasOwnSinks: segment.nodes.contains { !feeding.contains($0) },
            decoding: decoding,
            hasPlannedEnd: PlannedEnd.isSaid(
                by: segment.nodes.compactMap { pipeline.child(named: LaunchText.name(ofNode: $0)) }),
            branchQueues: branchQueues, nodeIDs: Dictionary(nodeIDs, uniquingKeysWith: { first, _ in first }),
            inlets: inlets, start: start, branchName: segment.isBranch(nodes) ? segment.name(nodes) : nil,
            isJunction: segment.isJunction,
            // What comes by inlets is others' to answer for.
            arrival: outlets.outlets.isEmpty && inlets.isEmpty ? arrival(in: pipeline, launch) : nil)
    }

    /// Where a camera's pictures go on together with others', else at the plan's own sinks.
    private func arrival(in pipeline: UnsafeMutablePointer<GstElement>, _ launch: LaunchText) -> ArrivalProbe? {
        let joining = zip(segment.cuts, launch.cutHeads).filter(\.0.isJunction).compactMap {
            pipeline.child(named: $0.1)?.pad(named: "sink")
        }
        if !joining.isEmpty { return ArrivalProbe(at: joining, isPaced: true) }
        guard segment.cuts.isEmpty else { return nil }
        let feeding = segment.feeding
        let sinks = segment.nodes.filter { !feeding.contains($0) }.compactMap {
            pipeline.child(named: LaunchText.name(ofNode: $0))
        }
        return ArrivalProbe(at: sinks.flatMap { $0.pads(.sink) })
    }

    /// - Returns: the pipeline, and what GStreamer could not do where it made one all the same.
    private mutating func parse(_ launch: LaunchText) -> (UnsafeMutablePointer<GstElement>?, complaint: String?) {
        var failure: UnsafeMutablePointer<GError>?
        let parsed = gst_parse_launch(launch.text, &failure)
        let message = failure.map { String(cString: $0.pointee.message) }
        g_clear_error(&failure)
        guard let parsed else {
            report(.cannotLink, at: segment.nodes.first, named(message ?? "GStreamer cannot make this"))
            return (nil, nil)
        }
        gst_object_ref_sink(parsed)
        let name = UnsafeMutableRawPointer(parsed).assumingMemoryBound(to: GstObject.self).pointee.name
        if segment.nodes.count == 1, name.flatMap({ LaunchText.node(ofName: String(cString: $0)) }) != nil {
            // One element alone comes without a pipeline, or is one itself, as playbin is.
            guard let pipeline = gst_pipeline_new(nil) else { return (nil, nil) }
            gst_object_ref_sink(pipeline)
            pipeline.withMemoryRebound(to: GstBin.self, capacity: 1) { _ = gst_bin_add($0, parsed) }
            gst_object_unref(parsed)
            return (pipeline, message)
        }
        return (parsed, message)
    }

    /// GStreamer's words with the plan's names in the place of generated ones.
    private func named(_ words: String) -> String {
        words.replacing(/node[0-9]+/) { match in
            LaunchText.node(ofName: String(match.output)).flatMap {
                nodes.indices.contains($0) ? nodes[$0].node.id : nil
            }
                ?? String(match.output)
        }
    }

    /// What bins make by themselves shows only when they do; then it is too late for `build` to tell.
    private mutating func watchElements(in pipeline: UnsafeMutablePointer<GstElement>) {
        guard let allowedElements else { return }
        let ranges = nodes.map(\.node.range)
        let reports = DiagnosticRelay()
        ElementGuard.install(on: pipeline, allowed: allowedElements) { factory, element in
            let place = LaunchText.node(ofName: element).flatMap { ranges.indices.contains($0) ? ranges[$0] : nil }
            reports.report([
                Diagnostic(
                    .error, .elementNotAllowed, at: place ?? SourceRange(line: 1, column: 1, length: 1),
                    "'\(factory)' is not allowed in plan text from the network")
            ])
        }
        diagnostics += reports.forward(to: reportLate)
    }

    /// Where pictures of several sources become one, each source's are counted.
    private mutating func countSources(in pipeline: UnsafeMutablePointer<GstElement>) {
        let junctions = segment.junctions(nodes)
        guard !junctions.nodes.isEmpty else { return }
        let names = junctions.sources.map { (LaunchText.name(ofNode: $0), nodes[$0].node.id) }
        let arrivals = SourceArrivals(of: Dictionary(names, uniquingKeysWith: { first, _ in first }))
        for node in junctions.nodes {
            if let element = pipeline.child(named: LaunchText.name(ofNode: node)) { arrivals.watch(element) }
        }
        self.arrivals = arrivals
    }

    /// What shows that its sources are there, with pictures or without.
    private mutating func watchSources(in pipeline: UnsafeMutablePointer<GstElement>, caps: [Int: String]) {
        let sources = segment.nodes.filter { nodes[$0].factory?.hasSink == false }
        guard !sources.isEmpty else { return }
        let names = Dictionary(
            sources.map { (LaunchText.name(ofNode: $0), nodes[$0].node.id) }, uniquingKeysWith: { first, _ in first })
        let signs = SourceSigns(of: names, in: pipeline)
        HTTPCredentials.install(on: pipeline, rules: rules)
        let chains = sources.map { (nodes[$0].node.id, segment.takers(of: $0, nodes, caps: caps)) }
        sessions = RTSPSessions.install(
            on: pipeline, names: names, chains: Dictionary(chains, uniquingKeysWith: { first, _ in first }),
            rules: rules, signs: signs)
        self.signs = signs
    }

    private mutating func bindProperties(in pipeline: UnsafeMutablePointer<GstElement>) {
        for index in segment.nodes {
            guard let element = pipeline.child(named: LaunchText.name(ofNode: index)),
                let factory = nodes[index].factory
            else { continue }
            if case .caps = nodes[index].node.kind { continue }
            var binder = PropertyBinder()
            binder.bind(nodes[index].node.properties, to: element, factory: factory.name)
            diagnostics += binder.diagnostics
            if binder.diagnostics.isEmpty { continueFiles(nodes[index].node, factory.name, element) }
            if factory.name == PlanNode.deviceSource {
                let node = nodes[index].node
                CameraDevice.prepare(element, node, controls: rules.controls(node.id))
            }
            if !binder.delayed.isEmpty {
                DelayedProperties.install(binder.delayed, on: element, factory: factory.name, report: reportLate)
            }
        }
    }

    /// A recording goes on behind the files that are there: a camera that was away for a moment costs none of them.
    private func continueFiles(_ node: PlanNode, _ factory: String, _ element: UnsafeMutablePointer<GstElement>) {
        guard let next = FileContinuation(node, of: factory, goesOn: goesOn) else { return }
        switch next.value {
        case .number(let number): element.set(next.property.text, number)
        case .path(let path): element.set(next.property.text, path)
        }
    }

    /// - Returns: when the segment's time begins.
    private mutating func attachInlets(_ launch: LaunchText, in pipeline: UnsafeMutablePointer<GstElement>)
        -> BranchStart
    {
        let isBranch = segment.isBranch(nodes)
        let start = BranchStart(origin: isBranch ? nil : 0)
        // Of several inlets' pictures nobody can tell which one is seen in what comes out.
        if isBranch, inlets.count == 1, !segment.outlets.isEmpty { metadata = FrameMetadataQueue() }
        for (inlet, name) in zip(inlets, launch.inlets) {
            guard let source = pipeline.child(named: name) else { continue }
            inlet.attach(source, start: start, metadata: metadata, isOpen: opensInlets, number: attempt)
            inlet.takesGray = GrayPictures.mayStay(in: segment, nodes, behind: pipeline.child(named: "\(name)last"))
        }
        return start
    }

    private func outletBuilder(in pipeline: UnsafeMutablePointer<GstElement>) -> OutletBuilder {
        OutletBuilder(
            nodes: nodes, segment: segment, pipeline: pipeline, limit: limit, onPreroll: onPreroll, decoding: decoding,
            arrivals: arrivals, signs: signs, experience: rules.experience, metadata: metadata,
            attachments: attachments,
            predecessors: predecessors,
            attempt: attempt, deliverUnit: deliverUnit, isLinked: !diagnostics.contains { $0.code == .cannotLink })
    }

    private func makeCut(
        _ cut: Segment.Cut, head: String, in pipeline: UnsafeMutablePointer<GstElement>
    ) -> CodedOutlet? {
        guard let queue = pipeline.child(named: head), let inlet = cutInlets[cut.number],
            let sink = OutletAssembly(pipeline: pipeline, limit: limit).coded(after: queue)
        else { return nil }
        return CodedOutlet(
            into: inlet, head: queue, sink: sink, cut: cut.number, attempt: attempt, limit: limit, decoding: decoding,
            isLive: cut.isJunction)
    }

    private var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    private mutating func report(_ code: Diagnostic.Code, at node: Int?, _ message: String, hint: String? = nil) {
        let range = node.map { nodes[$0].node.range } ?? SourceRange(line: 1, column: 1, length: 1)
        diagnostics.append(Diagnostic(.error, code, at: range, message, hint: hint))
    }
}
