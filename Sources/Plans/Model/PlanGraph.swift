/// The nodes of a plan and how frames flow between them.
public struct PlanGraph: Sendable, Hashable {
    /// In the order of the text.
    public var nodes: [PlanNode]
    /// In the order of the text.
    public var edges: [PlanEdge]
    /// One for each StreamTap, in the order of the text.
    public var sideTaps: [PlanSideTap]

    /// A graph of these nodes; nobody checks that edges and taps name some of them.
    public init(nodes: [PlanNode] = [], edges: [PlanEdge] = [], sideTaps: [PlanSideTap] = []) {
        self.nodes = nodes
        self.edges = edges
        self.sideTaps = sideTaps
    }
}

/// One element, stage, caps filter or tap.
public struct PlanNode: Sendable, Hashable {
    /// What stands at this place of the plan.
    public enum Kind: Sendable, Hashable {
        /// A vision stage or a GStreamer element; a stage's name wins. `gstreamerOnly` is true where the
        /// author wrote `gst:NAME`.
        case named(String, gstreamerOnly: Bool)
        /// A caps filter, one or more alternatives.
        case caps([CapsStructure])
        /// `streamtap`: a side branch that holds the newest frame.
        case tap
    }

    /// Unique in the plan: the `name=` given, else one made up (`queue0`, `caps1`, `tap0`).
    public var id: String
    /// Which of the four it is, with its name or caps.
    public var kind: Kind
    /// Whether the author gave the name.
    public var isNamed: Bool
    /// In the order of the text, without `name`.
    public var properties: [PropertyAssignment]
    /// The element's name in the text, where a diagnostic about the node points.
    public var range: SourceRange

    /// A node at a place in the text.
    public init(
        id: String, kind: Kind, isNamed: Bool, properties: [PropertyAssignment] = [], range: SourceRange
    ) {
        self.id = id
        self.kind = kind
        self.isNamed = isNamed
        self.properties = properties
        self.range = range
    }
}

/// Frames flow from `source` to `target`.
public struct PlanEdge: Sendable, Hashable {
    /// Node id.
    public var source: String
    /// The pad named in `NAME.PAD`, when one was.
    public var sourcePad: String?
    /// Node id.
    public var target: String
    /// The pad of the target, when one was named.
    public var targetPad: String?
    /// The `!`, or the `NAME.` that stands for it.
    public var range: SourceRange

    /// A link from one node to another.
    public init(
        from source: String, pad sourcePad: String? = nil, to target: String, pad targetPad: String? = nil,
        range: SourceRange
    ) {
        self.source = source
        self.sourcePad = sourcePad
        self.target = target
        self.targetPad = targetPad
        self.range = range
    }
}

/// Where a tap hangs. Encodes as `{node_id, sink_type: "stream_tap", attach_point}`.
public struct PlanSideTap: Sendable, Hashable {
    /// The tap's own node id, which is the tap's id.
    public var nodeID: String
    /// The node whose frames it holds. A tap in the middle of a chain passes frames on, so this is never a tap.
    public var attachPoint: String

    /// A tap that holds the frames of `attachPoint`.
    public init(nodeID: String, attachPoint: String) {
        self.nodeID = nodeID
        self.attachPoint = attachPoint
    }
}
