internal import CGStreamer
internal import Plans

/// Finds out which links of a segment cannot be, and says so in the plan's own names.
struct LinkChecker {
    private let segment: Segment
    private let nodes: [ResolvedNode]
    private let launch: LaunchText
    private let pipeline: UnsafeMutablePointer<GstElement>
    private let misconfigured: Set<Int>

    /// - Parameters:
    ///   - launch: what `pipeline` was made of.
    ///   - misconfigured: nodes whose pads are not what they would be; reported already.
    init(
        _ segment: Segment, _ nodes: [ResolvedNode], launch: LaunchText, pipeline: UnsafeMutablePointer<GstElement>,
        misconfigured: Set<Int>
    ) {
        self.segment = segment
        self.nodes = nodes
        self.launch = launch
        self.pipeline = pipeline
        self.misconfigured = misconfigured
    }

    /// Links between pads that are there from the start and that GStreamer could not make, and elements that nothing
    /// feeds or nothing follows.
    func problemsOfPads() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        func report(_ node: Int, _ message: String, hint: String) {
            problems.append(Diagnostic(.error, .cannotLink, at: nodes[node].node.range, message, hint: hint))
        }
        for (source, range) in segment.links.map({ ($0.source, $0.range) })
            + segment.outlets.map({ ($0.source, $0.range) }) + segment.cuts.map({ ($0.link.source, $0.link.range) })
        where nodes[source].factory?.hasSource == false {
            problems.append(
                Diagnostic(
                    .error, .cannotLink, at: range, "'\(nodes[source].node.id)' gives nothing that could flow on"))
        }
        var taken: Set<UnsafeMutablePointer<GstPad>> = []
        for (link, way) in zip(segment.links, launch.ways) {
            guard let source = pipeline.child(named: LaunchText.name(ofNode: link.source)),
                let target = pipeline.child(named: LaunchText.name(ofNode: link.target)),
                !appearsLater(link, of: source), misconfigured.isDisjoint(with: [link.source, link.target])
            else { continue }
            // Of several links between the same two elements each has a pad of its own.
            let pads = target.pads(.sink).filter { $0.peerElementName == way.last && !taken.contains($0.pointer) }
            if let pad = pads.first {
                taken.insert(pad.pointer)
            } else {
                let (gives, takes) = (source.openMediaTypes(.source), target.openMediaTypes(.sink))
                problems.append(
                    cannotLink(
                        link, gives: gives.isEmpty ? source.pads(.source).flatMap(\.mediaTypes) : gives, takes: takes))
            }
        }
        for (inlet, number) in zip(segment.inlets, 0...) {
            guard !misconfigured.contains(inlet.target),
                let convert = pipeline.child(named: "inlet\(number)last"),
                let target = pipeline.child(named: LaunchText.name(ofNode: inlet.target)),
                let pad = gst_element_get_static_pad(convert, "src")
            else { continue }
            defer { gst_object_unref(pad) }
            if gst_pad_is_linked(pad) == 0 {
                let takes = target.openMediaTypes(.sink)
                if let cut = inlet.cut {
                    problems.append(cannotLink(cut.link, gives: cut.mediaTypes, takes: takes))
                    continue
                }
                problems.append(
                    Diagnostic(
                        .error, .cannotLink, at: inlet.range,
                        "'\(nodes[inlet.target].node.id)' does not take the frames of '\(nodes[inlet.source].node.id)'"
                            + (takes.isEmpty ? "" : ": raw pictures do not fit \(Self.listed(takes))")))
            }
        }
        let fed = Set(segment.links.map(\.target) + segment.inlets.map(\.target)).union(segment.openTargets)
        let followed = segment.feeding.union(segment.openSources)
        for index in segment.nodes {
            guard let factory = nodes[index].factory else { continue }
            if factory.hasSink, !fed.contains(index) {
                report(index, "nothing feeds '\(nodes[index].node.id)'", hint: "put a source before it")
            }
            if factory.hasSource, !followed.contains(index) {
                report(
                    index, "nothing takes what '\(nodes[index].node.id)' gives", hint: "add ! streamtap, or a sink")
            }
        }
        return problems
    }

    /// Links that cannot be once properties are set, by what each pad would now give and take; nothing is started for it. Of
    /// a row of such links the first is told.
    ///
    /// Only elements with properties can have changed since GStreamer's parser made the links, and a pad's question goes
    /// along the whole chain, so it is asked beside those alone: each takes time in proportion to the chain's length.
    func problemsOfCaps() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var spoiled: Set<Int> = []
        let links = zip(segment.links, launch.ways).sorted {
            ($0.0.range.line, $0.0.range.column) < ($1.0.range.line, $1.0.range.column)
        }
        for (link, way) in links {
            guard spoiled.contains(link.source) || hasProperties(link.source) || hasProperties(link.target) else {
                continue
            }
            guard !spoiled.contains(link.source),
                let source = pipeline.child(named: LaunchText.name(ofNode: link.source)),
                let target = pipeline.child(named: LaunchText.name(ofNode: link.target)),
                let sourcePad = source.pads(.source).first(where: { $0.peerElementName == way.first }),
                let given = gst_pad_query_caps(sourcePad.pointer, nil)
            else {
                if spoiled.contains(link.source) { spoiled.insert(link.target) }
                continue
            }
            defer { gst_caps_unref(given) }
            let taken = gst_pad_peer_query_caps(sourcePad.pointer, nil)
            defer { if let taken { gst_caps_unref(taken) } }
            let fits = taken.map { gst_caps_can_intersect(given, $0) != 0 } ?? true
            guard !fits else { continue }
            spoiled.insert(link.target)
            let takes = target.pads(.sink).first { $0.peerElementName == way.last }?.mediaTypes
            problems.append(cannotLink(link, gives: sourcePad.mediaTypes, takes: takes ?? []))
        }
        return problems
    }

    /// Whether GStreamer waits for a pad of the source's that is not there yet, and links then.
    private func appearsLater(_ link: Segment.Link, of source: UnsafeMutablePointer<GstElement>) -> Bool {
        guard let factory = nodes[link.source].factory, factory.hasSometimesSource else { return false }
        return link.sourcePad.map { source.pad(named: $0) == nil } ?? !factory.hasAlwaysSource
    }

    private func hasProperties(_ node: Int) -> Bool { nodes[node].node.properties.contains { $0.name != "name" } }

    private func cannotLink(_ link: Segment.Link, gives: [String], takes: [String]) -> Diagnostic {
        let (gives, takes) = (Self.listed(gives), Self.listed(takes))
        var detail = gives.isEmpty || takes.isEmpty || gives == takes ? "" : ": \(gives) does not fit \(takes)"
        if nodes[link.target].factory?.hasSink == false {
            detail = ": nothing flows into '\(nodes[link.target].node.id)'"
        }
        return Diagnostic(
            .error, .cannotLink, at: link.range,
            "'\(nodes[link.source].node.id)' cannot be linked to '\(nodes[link.target].node.id)'\(detail)")
    }

    /// Media types, for people.
    private static func listed(_ types: [String]) -> String { types.prefix(3).joined(separator: ", ") }
}
