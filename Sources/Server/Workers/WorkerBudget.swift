import Plans

/// How much memory a plan's worker may take: enough for its pictures, and an end to a camera that makes a parser hoard.
///
/// RLIMIT_DATA counts what is set aside, not what is touched: a thread's stack counts whole.
struct WorkerBudget: Sendable, Hashable {
    /// Plugins, libraries and the threads that every worker has.
    private static let base = 256 << 20
    /// Two threads' stacks for each node.
    private static let perNode = 16 << 20
    /// Pictures at a source: what a decoder keeps to predict from, what its threads work on, queues, the newest for viewers.
    private static let picturesOfSource = 32
    /// At a stage or tap: its own, one under way, pools.
    private static let picturesOfStage = 6
    /// At an encoder: x264 looks ahead forty, and keeps references.
    private static let picturesOfEncoder = 64
    /// Where nothing says how large pictures are: 4K.
    private static let usualPixels = 3840 * 2160
    /// As large as pictures may be at all: 8K.
    private static let mostPixels = 7680 * 4320
    /// Two: 4:2:2, or 4:2:0 of ten bits in part.
    private static let bytesOfPixel = 2

    let bytes: Int

    /// - Parameters:
    ///   - graph: with its parameters bound.
    ///   - stages: names of the vision stages.
    init(_ graph: PlanGraph, stages: Set<String>) {
        let pictureBytes = Self.pixels(of: graph) * Self.bytesOfPixel
        let targets = Set(graph.edges.map(\.target))
        var pictures = 0
        for node in graph.nodes {
            switch node.kind {
            case .caps: continue
            case .tap: pictures += Self.picturesOfStage
            case .named(let name, _):
                if !targets.contains(node.id) {
                    pictures += Self.picturesOfSource
                } else if stages.contains(name) {
                    pictures += Self.picturesOfStage
                } else if name.contains("enc") {
                    pictures += Self.picturesOfEncoder
                }
            }
        }
        bytes = Self.base + graph.nodes.count * Self.perNode + pictures * pictureBytes
    }

    /// Of the plan's largest picture. What a camera or a film sends, no plan knows.
    private static func pixels(of graph: PlanGraph) -> Int {
        let targets = Set(graph.edges.map(\.target))
        let areAllMadeHere = graph.nodes.filter { !targets.contains($0.id) }.allSatisfy { node in
            if case .named(let name, _) = node.kind { ["videotestsrc", "gltestsrc"].contains(name) } else { false }
        }
        let stated = graph.nodes.flatMap(Self.statedPixels).max()
        guard areAllMadeHere else { return min(mostPixels, max(usualPixels, stated ?? 0)) }
        return min(mostPixels, stated ?? usualPixels)
    }

    private static func statedPixels(_ node: PlanNode) -> [Int] {
        guard case .caps(let alternatives) = node.kind else { return [] }
        return alternatives.compactMap { caps in
            guard let width = number("width", caps), let height = number("height", caps) else { return nil }
            return min(width, 65_536) * min(height, 65_536)
        }
    }

    /// Of a range, nothing is said.
    private static func number(_ name: String, _ caps: CapsStructure) -> Int? {
        let number: Int64?
        switch caps.fields.first(where: { $0.name == name })?.value {
        case .literal(let text): number = Int64(text.replacing(/^\(int(eger)?\)/, with: ""))
        case .bound(.integer(let value), _): number = Int64(value)
        default: number = nil
        }
        return number.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
    }
}
