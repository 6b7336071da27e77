internal import Plans

/// A segment in gst-launch's own words: elements with generated names, links, pads and caps.
///
/// GStreamer's parser reads it, since it links delayed and requested pads as they come. Nothing an author wrote but
/// checked factory, pad and caps names stands in it, and the checked values that `ConstructionProperties` is about.
struct LaunchText {
    private(set) var text = ""
    /// Queues that head an outlet, one for each of the segment's outlets.
    private(set) var heads: [String] = []
    /// Those heads that are not linked yet: only the pads of the element that is made tell which of them gives pictures.
    private(set) var openHeads: Set<String> = []
    /// Queues that this program put behind an implied tee towards elements.
    private(set) var branchQueues: [String] = []
    /// The appsrcs, one for each of the segment's inlets.
    private(set) var inlets: [String] = []
    /// Queues that head a cut, one for each of the segment's cuts.
    private(set) var cutHeads: [String] = []
    /// Parsers that this program put before muxers of coded video.
    private(set) var parsers: [String] = []
    /// One for each of the segment's links.
    private(set) var ways: [Way] = []

    /// The elements between a link's two nodes: none, or a tee and mostly a queue that this program put there.
    struct Way {
        /// What the source's pad is linked to.
        var first: String
        /// What the target's pad is linked to.
        var last: String
    }

    /// The element of a plan's node.
    static func name(ofNode node: Int) -> String { "node\(node)" }

    static func node(ofName name: String) -> Int? {
        name.hasPrefix("node") ? Int(name.dropFirst(4)) : nil
    }

    /// - Parameter construction: by node, settings that the element takes only when it is made, each with a space before.
    init(_ segment: Segment, _ nodes: [ResolvedNode], caps: [Int: String], construction: [Int: String] = [:]) {
        var words = segment.nodes.compactMap { node in
            nodes[node].factory.map { factory in
                let filter = caps[node].map { " caps=\(Self.quoted($0))" } ?? ""
                return "\(factory.name) name=\(Self.name(ofNode: node))\(filter)\(construction[node] ?? "")"
            }
        }
        let tees = ImpliedTees(segment, nodes)
        for (tee, pad) in zip(tees.names, tees.pads) {
            words.append("tee name=\(tee) \(Self.reference(Self.name(ofNode: pad.node), pad.name)) ! \(tee).")
        }
        func source(_ way: ImpliedTees.Way) -> (reference: String, tee: String?) {
            if let tee = tees.tee(before: way) { return ("\(tee).", tee) }
            return (Self.reference(Self.name(ofNode: way.source), way.sourcePad), nil)
        }
        // By place: pads that are made when asked for are numbered in the order of the links.
        var joins: [(range: SourceRange, words: String)] = []
        let stamped = Timestampers(segment, nodes)
        for (number, link) in segment.links.enumerated() {
            let from = source(.init(link))
            let (source, target) = (Self.name(ofNode: link.source), Self.name(ofNode: link.target))
            let targetPad = Self.reference(target, link.targetPad)
            var steps: [String] = []
            if from.tee != nil, nodes[link.target].factory?.name != "queue" {
                branchQueues.append("branch\(branchQueues.count)")
                steps.append("queue name=branch\(branchQueues.count - 1)")
            }
            for element in stamped.ofLinks[number] ?? [] { steps.append("\(element) name=\(element)\(number)") }
            guard !steps.isEmpty else {
                joins.append((link.range, "\(from.reference) ! \(targetPad)"))
                ways.append(Way(first: from.tee ?? target, last: from.tee ?? source))
                continue
            }
            let names = steps.compactMap { $0.split(separator: "=").last.map(String.init) }
            if stamped.ofLinks[number] != nil { parsers += names.suffix(1) }
            let (first, last) = (names.first ?? "", names.last ?? "")
            joins.append(
                (
                    link.range,
                    "\(steps.joined(separator: " ! ")) \(from.reference) ! \(first). \(last). ! \(targetPad)"
                ))
            ways.append(Way(first: from.tee ?? first, last: last))
        }
        for inlet in segment.inlets {
            let name = "inlet\(inlets.count)"
            if stamped.ofInlets[inlets.count] != nil { parsers.append("\(name)last") }
            inlets.append(name)
            let target = "\(name)last. ! \(Self.reference(Self.name(ofNode: inlet.target), inlet.targetPad))"
            // The conversion passes on what the next element takes as it is. It also says before any frame comes that
            // only raw pictures will: appsrc would say anything. So does the filter, of what was cut off.
            let middle =
                inlet.cut.map { cut in
                    ([Self.filter(cut.mediaTypes)] + (stamped.ofInlets[inlets.count - 1] ?? [])
                        + (Self.byteStream(of: cut, to: inlet.target, in: segment, nodes) ?? []))
                        .joined(separator: " ! ")
                } ?? "videoconvert"
            let source = "appsrc name=\(name) ! \(middle) name=\(name)last \(target)"
            let place = joins.firstIndex { Self.isBefore(inlet.range, $0.range) } ?? joins.endIndex
            joins.insert((inlet.range, source), at: place)
        }
        words += joins.map(\.words)
        for outlet in segment.outlets {
            let queue = "outlet\(heads.count)"
            heads.append(queue)
            guard outlet.sourcePad != nil || nodes[outlet.source].factory?.hasSeveralSources != true else {
                openHeads.insert(queue)
                words.append("queue name=\(queue)")
                continue
            }
            words.append("queue name=\(queue) \(source(.init(outlet)).reference) ! \(queue).")
        }
        for cut in segment.cuts {
            let queue = "cut\(cutHeads.count)"
            cutHeads.append(queue)
            let from = source(.init(cut.link)).reference
            guard cut.isChosenByType else {
                words.append("queue name=\(queue) \(from) ! \(queue).")
                continue
            }
            words.append(
                "\(Self.filter(cut.mediaTypes)) name=\(queue)type ! queue name=\(queue) \(from) ! \(queue)type.")
        }
        text = words.joined(separator: " ")
    }

    private static func filter(_ mediaTypes: [String]) -> String {
        mediaTypes.isEmpty ? "capsfilter" : "capsfilter caps=\(quoted(mediaTypes.joined(separator: "; ")))"
    }

    /// Coded video that goes to a file or a connection as it is: with start codes, and what is needed to read it at each
    /// keyframe. A camera's own may be as a container wants it, and nothing plays that without one.
    private static func byteStream(
        of cut: Segment.Cut, to target: Int, in segment: Segment, _ nodes: [ResolvedNode]
    ) -> [String]? {
        var target = target
        for _ in segment.nodes {
            // A filter may say that another form is wanted.
            guard let name = nodes[target].factory?.name, name != "capsfilter", Segment.passing.contains(name) else {
                break
            }
            let links = segment.links.filter { $0.source == target }
            guard links.count == 1 else { return nil }
            target = links[0].target
        }
        guard let sink = nodes[target].factory?.name,
            ["filesink", "fdsink", "tcpserversink", "tcpclientsink"].contains(sink), cut.mediaTypes.count == 1,
            let codec = ["h264", "h265"].first(where: { cut.mediaTypes[0] == "video/x-\($0)" })
        else { return nil }
        let caps = quoted("video/x-\(codec),stream-format=byte-stream,alignment=au")
        return ["\(codec)parse config-interval=-1", "capsfilter caps=\(caps)"]
    }

    private static func isBefore(_ one: SourceRange, _ other: SourceRange) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }

    private static func reference(_ name: String, _ pad: String?) -> String { "\(name).\(pad ?? "")" }

    /// A string as gst-launch's grammar reads it back.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { result.append("\\") }
            result.unicodeScalars.append(character)
        }
        return result + "\""
    }
}
