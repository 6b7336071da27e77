internal import CGStreamer
internal import Plans

extension SegmentBuilder {
    /// Finds links between pads that are there from the start and that GStreamer could not make, and elements that
    /// nothing feeds or nothing follows.
    mutating func checkLinks(_ launch: LaunchText, in pipeline: UnsafeMutablePointer<GstElement>) {
        for (source, range) in segment.links.map({ ($0.source, $0.range) })
            + segment.outlets.map({ ($0.source, $0.range) }) where nodes[source].factory?.hasSource == false
        {
            report(
                Diagnostic(
                    .error, .cannotLink, at: range, "'\(nodes[source].node.id)' gives nothing that could flow on"))
        }
        var taken: Set<UnsafeMutablePointer<GstPad>> = []
        for (link, way) in zip(segment.links, launch.ways) {
            guard let source = Self.borrowed(LaunchText.name(ofNode: link.source), in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: link.target), in: pipeline),
                !appearsLater(link, of: source), misconfigured.isDisjoint(with: [link.source, link.target])
            else { continue }
            // Of several links between the same two elements each has a pad of its own.
            let pads = target.pads(.sink).filter { $0.peerElementName == way.last && !taken.contains($0.pointer) }
            if let pad = pads.first {
                taken.insert(pad.pointer)
            } else {
                let (gives, takes) = (source.openMediaTypes(.source), target.openMediaTypes(.sink))
                report(
                    cannotLink(
                        link, gives: gives.isEmpty ? source.pads(.source).flatMap(\.mediaTypes) : gives, takes: takes))
            }
        }
        for (inlet, number) in zip(segment.inlets, 0...) {
            guard let convert = Self.borrowed("inlet\(number)convert", in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: inlet.target), in: pipeline),
                let pad = gst_element_get_static_pad(convert, "src")
            else { continue }
            defer { gst_object_unref(pad) }
            if gst_pad_is_linked(pad) == 0 {
                let takes = target.openMediaTypes(.sink)
                report(
                    Diagnostic(
                        .error, .cannotLink, at: inlet.range,
                        "'\(nodes[inlet.target].node.id)' does not take the frames of '\(nodes[inlet.source].node.id)'"
                            + (takes.isEmpty ? "" : ": raw pictures do not fit \(Self.listed(takes))")))
            }
        }
        let fed = Set(segment.links.map(\.target) + segment.inlets.map(\.target)).union(segment.openTargets)
        let followed = Set(segment.links.map(\.source) + segment.outlets.map(\.source)).union(segment.openSources)
        for index in segment.nodes {
            guard let factory = nodes[index].factory else { continue }
            if factory.hasSink, !fed.contains(index) {
                report(
                    .cannotLink, at: index, "nothing feeds '\(nodes[index].node.id)'", hint: "put a source before it")
            }
            if factory.hasSource, !followed.contains(index) {
                report(
                    .cannotLink, at: index, "nothing takes what '\(nodes[index].node.id)' gives",
                    hint: "add ! streamtap, or a sink")
            }
        }
    }

    /// Tries links again once properties are set, with what each pad would now give and take; nothing is started for it.
    /// Of a row of links that cannot be, the first is told.
    ///
    /// Only elements with properties can have changed since GStreamer's parser made the links, and a pad's question goes
    /// along the whole chain, so it is asked beside those alone: each takes time in proportion to the chain's length.
    mutating func checkCaps(_ launch: LaunchText, in pipeline: UnsafeMutablePointer<GstElement>) {
        guard diagnostics.allSatisfy({ $0.severity != .error }) else { return }
        var spoiled: Set<Int> = []
        let links = zip(segment.links, launch.ways).sorted {
            ($0.0.range.line, $0.0.range.column) < ($1.0.range.line, $1.0.range.column)
        }
        for (link, way) in links {
            guard spoiled.contains(link.source) || hasProperties(link.source) || hasProperties(link.target) else {
                continue
            }
            guard !spoiled.contains(link.source),
                let source = Self.borrowed(LaunchText.name(ofNode: link.source), in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: link.target), in: pipeline),
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
            report(cannotLink(link, gives: sourcePad.mediaTypes, takes: takes ?? []))
        }
    }

    /// Whether GStreamer waits for a pad of the source's that is not there yet, and links then.
    private func appearsLater(_ link: Segment.Link, of source: UnsafeMutablePointer<GstElement>) -> Bool {
        guard let factory = nodes[link.source].factory, factory.hasSometimesSource else { return false }
        return link.sourcePad.map { source.pad(named: $0) == nil } ?? !factory.hasAlwaysSource
    }

    private func hasProperties(_ node: Int) -> Bool { nodes[node].node.properties.contains { $0.name != "name" } }

    private func cannotLink(_ link: Segment.Link, gives: [String], takes: [String]) -> Diagnostic {
        let (gives, takes) = (Self.listed(gives), Self.listed(takes))
        let detail = gives.isEmpty || takes.isEmpty || gives == takes ? "" : ": \(gives) does not fit \(takes)"
        return Diagnostic(
            .error, .cannotLink, at: link.range,
            "'\(nodes[link.source].node.id)' cannot be linked to '\(nodes[link.target].node.id)'\(detail)")
    }

    /// Media types, for people.
    private static func listed(_ types: [String]) -> String { types.prefix(3).joined(separator: ", ") }
}
