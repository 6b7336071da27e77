internal import CGStreamer
internal import Dispatch
internal import Plans
internal import WorkerLink

/// Makes the outlets of one segment's pipeline: behind the head of each what Swift needs, and the tree that takes its frames.
struct OutletBuilder {
    private typealias Element = OutletAssembly.Element

    let nodes: [ResolvedNode]
    let segment: Segment
    let pipeline: UnsafeMutablePointer<GstElement>
    let limit: PictureLimit
    let onPreroll: DispatchSemaphore
    let decoding: DecodeCounts
    let arrivals: SourceArrivals?
    let signs: SourceSigns?
    /// What workers before have learnt of the sources.
    let experience: SourceExperience
    let metadata: FrameMetadataQueue?
    /// What hangs on an outlet.
    let attachments: (Segment.Outlet) -> OutletAttachments
    /// The outlets of the attempt before, in the same order: what takes their frames takes those of the new ones.
    let predecessors: [FrameOutlet]
    let attempt: UInt64
    /// Takes the units of coded points for whoever wants the video itself.
    let deliverUnit: CodedPoint.Deliver
    /// Whether all before the outlets could be linked: else it is no news that they cannot.
    let isLinked: Bool
    private(set) var outlets: [FrameOutlet] = []
    private(set) var trees: [StageTree] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// Links outlets whose elements have several pads to that one which gives pictures.
    ///
    /// - Returns: queues that were put before elements which are linked to the same pad.
    func linkOpenHeads(_ launch: LaunchText) -> [UnsafeMutablePointer<GstElement>] {
        zip(segment.outlets, launch.heads).compactMap { outlet, head in
            guard launch.openHeads.contains(head), let queue = pipeline.child(named: head),
                let source = pipeline.child(named: LaunchText.name(ofNode: outlet.source))
            else { return nil }
            return assembly.feed(queue, withPicturesOf: source)
        }
    }

    /// - Parameter heads: names of their queues, in the order of the segment's outlets.
    mutating func makeOutlets(_ heads: [String]) {
        for (outlet, head) in zip(segment.outlets, heads) {
            guard let queue = pipeline.child(named: head),
                let source = pipeline.child(named: LaunchText.name(ofNode: outlet.source))
            else { continue }
            make(outlet, queue: queue, source: source)
        }
    }

    private var assembly: OutletAssembly { OutletAssembly(pipeline: pipeline, limit: limit) }

    private mutating func make(_ outlet: Segment.Outlet, queue: Element, source: Element) {
        let producer = nodes[segment.producer(of: outlet.source, nodes)].factory
        switch assembly.offer(at: queue, source: source, producer: producer) {
        case .raw:
            add(outlet, queue, assembly.raw(after: queue))
        case .jpeg:
            let isWhole = producer.map { PictureFraming.isWhole(classes: $0.classes, isSource: !$0.hasSink) } ?? false
            add(outlet, queue, assembly.jpeg(after: queue, isWhole: isWhole))
        case .demuxed:
            add(outlet, queue, assembly.demuxed(after: queue))
        case .coded(let coding) where isForTapsAlone(outlet):
            guard coding.decoders.contains(where: { ElementFactory(named: $0) != nil }) else {
                return diagnostics.append(Self.undecodable(coding, nodes[outlet.source].node))
            }
            add(outlet, queue, assembly.units(after: queue, of: coding), coding: coding)
        case .coded(let coding):
            refuse(outlet, [coding.mediaType])
        case .other(let types):
            refuse(outlet, types)
        }
    }

    private func isForTapsAlone(_ outlet: Segment.Outlet) -> Bool {
        outlet.targets.allSatisfy { if case .tap = nodes[$0].kind { true } else { false } }
    }

    private mutating func refuse(_ outlet: Segment.Outlet, _ types: [String]) {
        let isCoded = types.contains { $0.hasPrefix("video/") || $0.hasPrefix("application/x-rtp") }
        diagnostics.append(
            Diagnostic(
                .error, .cannotLink, at: outlet.range,
                "'\(nodes[outlet.source].node.id)' gives \(types.prefix(3).joined(separator: ", ")); "
                    + "stages and taps take pictures",
                hint: isCoded ? "decode before this point, for example: ! h264parse ! avdec_h264" : nil))
    }

    /// - Parameter sink: nil where it could not be linked.
    private mutating func add(
        _ outlet: Segment.Outlet, _ queue: Element, _ sink: Element?, coding: VideoCoding? = nil
    ) {
        let node = nodes[outlet.source].node
        guard let sink else {
            if isLinked, !diagnostics.contains(where: { $0.code == .cannotLink }) {
                diagnostics.append(Self.unlinked(node))
            }
            return
        }
        let predecessor = predecessors.indices.contains(outlets.count) ? predecessors[outlets.count] : nil
        let tree = predecessor?.receiver as? StageTree ?? tree(behind: outlet)
        trees.append(tree)
        let keepsPlaces = PicturePath.keepsPlaces(to: outlet.source, in: segment, nodes)
        let units =
            coding.flatMap { predecessor?.units ?? point($0, at: outlet, for: tree, keepsPlaces: keepsPlaces) }
        outlets.append(
            FrameOutlet(
                nodeID: node.id, sources: segment.sources(of: outlet, nodes).map { nodes[$0].node.id }, receiver: tree,
                queue: queue, sink: sink, limit: limit, onPreroll: onPreroll, decoding: decoding, arrivals: arrivals,
                signs: segment.isBranch(nodes) ? nil : signs, survived: experience.survived[node.id],
                metadata: metadata, keepsPlaces: keepsPlaces,
                mayBeSilent: segment.mayBeSilent(outlet, nodes), units: units, after: predecessor, attempt: attempt))
    }

    /// What makes frames of coded video for the taps of an outlet.
    private func point(
        _ coding: VideoCoding, at outlet: Segment.Outlet, for tree: StageTree, keepsPlaces: Bool
    ) -> CodedPoint {
        let taps = attachments(outlet).taps
        let point = CodedPoint(
            coding, taps: Dictionary(taps.map { ($0.id, $0.index) }, uniquingKeysWith: { $1 }), receiver: tree,
            limit: limit, counting: decoding, metadata: metadata, keepsPlaces: keepsPlaces, deliver: deliverUnit)
        for tap in taps { tap.makePictures(by: point) }
        return point
    }

    private func tree(behind outlet: Segment.Outlet) -> StageTree {
        let attachments = attachments(outlet)
        return StageTree(receivers: attachments.taps, roots: attachments.stages, threads: .eachStage)
    }

    private static func undecodable(_ coding: VideoCoding, _ node: PlanNode) -> Diagnostic {
        Diagnostic(
            .error, .unknownElement, at: node.range,
            "nothing is installed that decodes what '\(node.id)' gives: \(coding.decoders.joined(separator: ", "))",
            hint: "install the Debian package gstreamer1.0-libav")
    }

    private static func unlinked(_ node: PlanNode) -> Diagnostic {
        guard let missing = OutletAssembly.missingElement else {
            return Diagnostic(
                .error, .cannotLink, at: node.range, "what '\(node.id)' gives cannot become pictures")
        }
        return Diagnostic(
            .error, .unknownElement, at: node.range,
            "'\(missing)', which takes pictures out of GStreamer, is not installed",
            hint: DebianPackage.holding(missing).map { "install the Debian package \($0)" })
    }
}
