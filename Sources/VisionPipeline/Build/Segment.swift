internal import Plans

/// GStreamer elements linked without a stage between them: one pipeline with its own bus, state and end.
struct Segment {
    /// Indices of the plan's nodes, in the order of the text.
    var nodes: [Int]
    var links: [Link] = []
    /// Where frames leave for Swift.
    var outlets: [Outlet] = []
    /// Where frames come in from a stage.
    var inlets: [Inlet] = []
    /// Nodes that are linked to or from something unknown; already reported.
    var openSources: Set<Int> = []
    var openTargets: Set<Int> = []

    /// From one element to another.
    struct Link {
        var source: Int
        var sourcePad: String?
        var target: Int
        var targetPad: String?
        var range: SourceRange
    }

    /// Everything in Swift that hangs on one pad.
    struct Outlet {
        var source: Int
        var sourcePad: String?
        /// Stages and taps, in the order of the text.
        var targets: [Int]
        var range: SourceRange
    }

    /// A stage's frames into an element.
    struct Inlet {
        var source: Int
        var target: Int
        var targetPad: String?
        var range: SourceRange
    }
}
