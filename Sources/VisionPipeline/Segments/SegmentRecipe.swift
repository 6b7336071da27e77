internal import Dispatch
internal import Plans
internal import WorkerLink

/// How a segment is made once more after it has failed.
final class SegmentRecipe: @unchecked Sendable {
    // Immutable; the compiler does not know that types of stages may be shared.
    private let nodes: [ResolvedNode]
    private let segment: Segment
    private let caps: [Int: String]
    private let inlets: [BranchInlet]
    private let cutInlets: [Int: BranchInlet]
    private let limit: PictureLimit
    private let allowedElements: Set<String>?
    private let rules: SourceRules
    private let reportLate: @Sendable ([Diagnostic]) -> Void

    /// Nil for a branch with stages behind it that has one way in: what they know of its pictures came that way, and is lost with it.
    /// Of several nobody can tell which one is seen in what comes out, so nothing is known.
    init?(
        _ segment: Segment, _ nodes: [ResolvedNode], caps: [Int: String], inlets: [BranchInlet],
        cutInlets: [Int: BranchInlet], limit: PictureLimit, allowedElements: Set<String>?, rules: SourceRules,
        reportLate: @escaping @Sendable ([Diagnostic]) -> Void
    ) {
        guard !segment.isBranch(nodes) || segment.outlets.isEmpty || segment.inlets.count > 1 else { return nil }
        self.segment = segment
        self.nodes = nodes
        self.caps = caps
        self.inlets = inlets
        self.cutInlets = cutInlets
        self.limit = limit
        self.allowedElements = allowedElements
        self.rules = rules
        self.reportLate = reportLate
    }

    /// A new pipeline that the inlets lead to, closed yet; nil when it cannot be made any more.
    ///
    /// - Parameters:
    ///   - predecessor: the attempt before, whose stages, taps and counts go on with what comes out of this one.
    ///   - attempt: its number; see `SegmentBuilder.attempt`.
    ///   - onPreroll: signalled whenever an outlet has its first frame, or has none to come.
    func build(
        after predecessor: BuiltSegment, attempt: UInt64 = 0,
        onPreroll: DispatchSemaphore = DispatchSemaphore(value: 0)
    ) -> BuiltSegment? {
        var builder = SegmentBuilder(
            nodes: nodes, segment: segment, limit: limit, onPreroll: onPreroll, inlets: inlets,
            cutInlets: cutInlets, attachments: { _ in OutletAttachments() }, reportLate: reportLate)
        builder.predecessors = predecessor.outlets
        builder.allowedElements = allowedElements
        builder.rules = rules
        builder.opensInlets = false
        builder.goesOn = true
        builder.attempt = attempt
        guard let built = builder.build(caps: caps) else { return nil }
        guard builder.diagnostics.allSatisfy({ $0.severity != .error }) else {
            built.stop(keepingTrees: true)
            return nil
        }
        built.recipe = self
        for cut in built.cuts { _ = cut.negotiate() }
        return built
    }
}

extension PlanNode {
    /// What a property of it is set to; nil where it is not, or by a parameter without a value.
    func text(of property: PropertyName) -> String? { properties.last { $0.property == property }?.value.text }
}

extension PropertyValue {
    /// Nil for a parameter without a value.
    var text: String? {
        switch self {
        case .literal(let text): text
        case .bound(let value, _): value.text
        case .parameter: nil
        }
    }
}
