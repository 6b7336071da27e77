internal import CGStreamer
internal import Plans

extension SegmentBuilder {
    /// Finds links between pads that are there from the start and that GStreamer could not make, and elements that
    /// nothing feeds or nothing follows.
    mutating func checkLinks(in pipeline: UnsafeMutablePointer<GstElement>) {
        for (source, range) in segment.links.map({ ($0.source, $0.range) })
            + segment.outlets.map({ ($0.source, $0.range) }) where nodes[source].factory?.hasSource == false
        {
            report(
                Diagnostic(
                    .error, .cannotLink, at: range, "'\(nodes[source].node.id)' gives nothing that could flow on"))
        }
        for link in segment.links {
            guard let source = Self.borrowed(LaunchText.name(ofNode: link.source), in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: link.target), in: pipeline),
                nodes[link.source].factory?.alwaysSource != nil, let sinkName = nodes[link.target].factory?.alwaysSink,
                link.targetPad == nil || link.targetPad == sinkName,
                let pad = gst_element_get_static_pad(target, sinkName)
            else { continue }
            defer { gst_object_unref(pad) }
            if gst_pad_is_linked(pad) == 0 {
                report(Self.cannotLink(nodes[link.source], source, nodes[link.target], target, at: link.range))
            }
        }
        for (inlet, number) in zip(segment.inlets, 0...) {
            guard let convert = Self.borrowed("inlet\(number)convert", in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: inlet.target), in: pipeline),
                let pad = gst_element_get_static_pad(convert, "src")
            else { continue }
            defer { gst_object_unref(pad) }
            if gst_pad_is_linked(pad) == 0 {
                let takes = Self.types(of: target, pad: nodes[inlet.target].factory?.alwaysSink)
                report(
                    Diagnostic(
                        .error, .cannotLink, at: inlet.range,
                        "'\(nodes[inlet.target].node.id)' does not take the frames of '\(nodes[inlet.source].node.id)'"
                            + (takes.isEmpty ? "" : ": raw pictures do not fit \(takes)")))
            }
        }
        let fed = Set(segment.links.map(\.target) + segment.inlets.map(\.target)).union(segment.openTargets)
        let followed = Set(segment.links.map(\.source) + segment.outlets.map(\.source)).union(segment.openSources)
        for index in segment.nodes {
            guard let factory = nodes[index].factory else { continue }
            let isMixer = factory.classes.contains("Muxer") || factory.classes.contains("Compositor")
            if factory.alwaysSink != nil || (isMixer && factory.hasSink), !fed.contains(index) {
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
    mutating func checkCaps(in pipeline: UnsafeMutablePointer<GstElement>) {
        guard diagnostics.allSatisfy({ $0.severity != .error }) else { return }
        var spoiled: Set<Int> = []
        for link in segment.links.sorted(by: { ($0.range.line, $0.range.column) < ($1.range.line, $1.range.column) }) {
            guard spoiled.contains(link.source) || hasProperties(link.source) || hasProperties(link.target) else {
                continue
            }
            guard !spoiled.contains(link.source), let sourceName = nodes[link.source].factory?.alwaysSource,
                let source = Self.borrowed(LaunchText.name(ofNode: link.source), in: pipeline),
                let target = Self.borrowed(LaunchText.name(ofNode: link.target), in: pipeline),
                let sourcePad = gst_element_get_static_pad(source, sourceName)
            else {
                if spoiled.contains(link.source) { spoiled.insert(link.target) }
                continue
            }
            defer { gst_object_unref(sourcePad) }
            guard let given = gst_pad_query_caps(sourcePad, nil) else { continue }
            defer { gst_caps_unref(given) }
            let taken = gst_pad_peer_query_caps(sourcePad, nil)
            defer { if let taken { gst_caps_unref(taken) } }
            let fits = taken.map { gst_caps_can_intersect(given, $0) != 0 } ?? true
            guard !fits else { continue }
            spoiled.insert(link.target)
            report(Self.cannotLink(nodes[link.source], source, nodes[link.target], target, at: link.range))
        }
    }

    private func hasProperties(_ node: Int) -> Bool { nodes[node].node.properties.contains { $0.name != "name" } }

    private static func cannotLink(
        _ source: ResolvedNode, _ sourceElement: UnsafeMutablePointer<GstElement>, _ target: ResolvedNode,
        _ targetElement: UnsafeMutablePointer<GstElement>, at range: SourceRange
    ) -> Diagnostic {
        let gives = types(of: sourceElement, pad: source.factory?.alwaysSource)
        let takes = types(of: targetElement, pad: target.factory?.alwaysSink)
        let detail = gives.isEmpty || takes.isEmpty || gives == takes ? "" : ": \(gives) does not fit \(takes)"
        return Diagnostic(
            .error, .cannotLink, at: range, "'\(source.node.id)' cannot be linked to '\(target.node.id)'\(detail)")
    }

    /// The media types of a pad, for people.
    private static func types(of element: UnsafeMutablePointer<GstElement>, pad name: String?) -> String {
        guard let name, let pad = gst_element_get_static_pad(element, name) else { return "" }
        defer { gst_object_unref(pad) }
        guard let caps = gst_pad_query_caps(pad, nil) else { return "" }
        defer { gst_caps_unref(caps) }
        guard gst_caps_is_any(caps) == 0 else { return "" }
        let names = (0..<gst_caps_get_size(caps)).compactMap {
            gst_structure_get_name(gst_caps_get_structure(caps, $0)).map { String(cString: $0) }
        }
        var seen: [String] = []
        for name in names where !seen.contains(name) { seen.append(name) }
        return seen.prefix(3).joined(separator: ", ")
    }
}
