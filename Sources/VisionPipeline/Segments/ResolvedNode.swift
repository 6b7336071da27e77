internal import Plans

/// A node of a plan once it is known what its name stands for.
struct ResolvedNode {
    enum Kind {
        /// Caps filters are the element `capsfilter`.
        case element(ElementFactory)
        case stage(any Stage.Type)
        case tap
        /// Already reported.
        case unknown
    }

    var node: PlanNode
    var kind: Kind

    var factory: ElementFactory? {
        if case .element(let factory) = kind { factory } else { nil }
    }
    private var isStage: Bool { if case .stage = kind { true } else { false } }
    var isTap: Bool { if case .tap = kind { true } else { false } }
    /// The node runs in Swift.
    var isSwift: Bool { isStage || isTap }
}
