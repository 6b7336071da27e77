internal import Plans

/// Where several ways leave one pad of an element, and so a tee stands that nobody wrote.
///
/// Of several pads that are always there each way without a name takes one of its own, as GStreamer links. Of pads that appear
/// later those ways share one that name it, and those without a name that take pictures: a film has them once, as a rule, and sound
/// beside them.
struct ImpliedTees {
    struct Pad: Hashable {
        var node: Int
        /// Nil is the pad that a link without a name takes.
        var name: String?
    }

    /// What leaves an element.
    struct Way {
        var source: Int
        var sourcePad: String?
        /// The element that it leads to; nil where that is Swift, which takes pictures.
        var target: Int?

        init(_ link: Segment.Link) { (source, sourcePad, target) = (link.source, link.sourcePad, link.target) }
        init(_ outlet: Segment.Outlet) { (source, sourcePad) = (outlet.source, outlet.sourcePad) }
    }

    /// In the order of their elements.
    private(set) var pads: [Pad] = []
    private let nodes: [ResolvedNode]
    /// By source, where the links of the plan lead.
    private let following: [Int: Int]

    init(_ segment: Segment, _ nodes: [ResolvedNode]) {
        self.nodes = nodes
        let links = segment.links + segment.cuts.map(\.link)
        following = Dictionary(links.map { ($0.source, $0.target) }, uniquingKeysWith: { first, _ in first })
        var ways: [Pad: Int] = [:]
        for way in links.map({ Way($0) }) + segment.outlets.map({ Way($0) }) {
            if let pad = shared(by: way) { ways[pad, default: 0] += 1 }
        }
        pads = ways.filter { $0.value > 1 }.map(\.key)
            .sorted { ($0.node, $0.name ?? "") < ($1.node, $1.name ?? "") }
    }

    var names: [String] { pads.indices.map(Self.name) }

    func tee(before way: Way) -> String? { shared(by: way).flatMap(pads.firstIndex).map(Self.name) }

    private static func name(_ number: Int) -> String { "tee\(number)" }

    /// The pad that it leaves by, where others may do so as well.
    private func shared(by way: Way) -> Pad? {
        guard let factory = nodes[way.source].factory else { return nil }
        let isShared =
            factory.isTeeImplied(at: way.sourcePad)
            || factory.hasOnlySometimesSources && (way.sourcePad != nil || takesPictures(way, of: factory))
        return isShared ? Pad(node: way.source, name: way.sourcePad) : nil
    }

    /// Whether nothing but pictures, as Swift takes them, can go on there.
    private func takesPictures(_ way: Way, of source: ElementFactory) -> Bool {
        guard var node = way.target else { return true }
        for _ in nodes.indices {
            guard let factory = nodes[node].factory else { return false }
            if case .caps(let structures) = nodes[node].node.kind, !structures.isEmpty {
                return structures.allSatisfy { Self.pictures.contains($0.mediaType) }
            }
            guard Segment.passing.contains(factory.name), let next = following[node] else {
                // Nothing else comes of it.
                if source.name == "multipartdemux" { return factory.couldTake("image/jpeg") }
                let sinks = factory.pads.filter { !$0.isSource }
                return !sinks.isEmpty
                    && sinks.allSatisfy { !$0.mediaTypes.isEmpty && Self.pictures.isSuperset(of: $0.mediaTypes) }
            }
            node = next
        }
        return false
    }

    private static let pictures: Set<String> = ["video/x-raw", "image/jpeg"]
}
