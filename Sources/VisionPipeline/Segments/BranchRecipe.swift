internal import Dispatch
internal import Plans

/// How a branch is made once more after it has failed.
final class BranchRecipe: @unchecked Sendable {
    // Immutable; the compiler does not know that types of stages may be shared.
    private let nodes: [ResolvedNode]
    private let segment: Segment
    private let caps: [Int: String]
    private let inlets: [BranchInlet]
    private let limit: PictureLimit
    private let allowedElements: Set<String>?

    /// Nil where stages come behind the branch: they have state, and belong to one pipeline.
    init?(
        _ segment: Segment, _ nodes: [ResolvedNode], caps: [Int: String], inlets: [BranchInlet], limit: PictureLimit,
        allowedElements: Set<String>?
    ) {
        guard segment.isBranch(nodes), segment.outlets.isEmpty else { return nil }
        self.segment = segment
        self.nodes = nodes
        self.caps = caps
        self.inlets = inlets
        self.limit = limit
        self.allowedElements = allowedElements
    }

    /// Whether a file that holds something would be written over: better no recording than one less.
    var wouldOverwrite: Bool {
        segment.nodes.contains { node in
            guard let factory = nodes[node].factory,
                let numbers = NumberedFiles(nodes[node].node, of: factory.name)
            else { return false }
            return RecordedFile.next(nodes[node].node, of: factory.name) == nil && numbers.wouldOverwrite
        }
    }

    /// A new pipeline that the inlets lead to, closed yet; nil when it cannot be made any more.
    func build() -> BuiltSegment? {
        var builder = SegmentBuilder(
            nodes: nodes, segment: segment, limit: limit, onPreroll: DispatchSemaphore(value: 0), inlets: inlets,
            attachments: { _ in OutletAttachments() }, reportLate: { _ in })
        builder.allowedElements = allowedElements
        builder.opensInlets = false
        builder.goesOn = true
        guard let built = builder.build(caps: caps) else { return nil }
        guard builder.diagnostics.allSatisfy({ $0.severity != .error }) else {
            built.stop()
            return nil
        }
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
