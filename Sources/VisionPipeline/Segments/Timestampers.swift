/// Where `h264timestamper` or `h265timestamper` is put: before a muxer that gets a camera's own coded video.
///
/// A camera sends no times to decode at, or wrong ones where it has B-frames, and a muxer that has to guess makes a film of
/// twice its length. These elements know how far pictures are reordered. They do not pass on in which form a muxer wants its
/// video, so that a parser stands behind each.
struct Timestampers {
    /// Factories, by the link's number, to stand in it.
    private(set) var ofLinks: [Int: [String]] = [:]
    /// By the inlet's number, to stand behind it.
    private(set) var ofInlets: [Int: [String]] = [:]

    init(_ segment: Segment, _ nodes: [ResolvedNode]) {
        guard segment.inlets.contains(where: { $0.cut != nil }) else { return }
        for (number, link) in segment.links.enumerated() where nodes[link.target].factory?.isMuxer == true {
            settle(.link(number), segment, nodes)
        }
        for (number, inlet) in segment.inlets.enumerated() where nodes[inlet.target].factory?.isMuxer == true {
            settle(.inlet(number), segment, nodes)
        }
    }

    private enum Place { case link(Int), inlet(Int) }

    /// Goes back from a muxer, past what only passes on, to what says how pictures are coded.
    private mutating func settle(_ place: Place, _ segment: Segment, _ nodes: [ResolvedNode]) {
        var place = place
        var parsed: Int?
        for _ in 0...segment.nodes.count {
            switch place {
            case .inlet(let number):
                guard let cut = segment.inlets[number].cut, cut.mediaTypes.count == 1,
                    let codec = Self.codecs.first(where: { cut.mediaTypes[0] == "video/x-\($0)" })
                else { return }
                if let parsed {
                    ofLinks[parsed] = Self.elements(codec)
                } else {
                    ofInlets[number] = Self.elements(codec)
                }
                return
            case .link(let number):
                let source = segment.links[number].source
                guard let factory = nodes[source].factory else { return }
                if Self.codecs.contains(where: { factory.name == "\($0)parse" }) {
                    parsed = parsed ?? number
                } else if !Segment.passing.contains(factory.name) {
                    // An encoder of the plan's own says what is right.
                    return
                }
                if let before = segment.links.firstIndex(where: { $0.target == source }) {
                    place = .link(before)
                } else if let before = segment.inlets.firstIndex(where: { $0.target == source }) {
                    place = .inlet(before)
                } else {
                    return
                }
            }
        }
    }

    private static let codecs = ["h264", "h265"]

    /// Nil where it is not installed, as before GStreamer 1.22.
    private static func elements(_ codec: String) -> [String]? {
        ElementFactory(named: "\(codec)timestamper") == nil ? nil : ["\(codec)timestamper", "\(codec)parse"]
    }
}
