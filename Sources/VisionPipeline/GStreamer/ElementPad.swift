internal import CGStreamer

/// A pad of an element as it is, held: the order of the registry's templates changes with the state of its cache, so
/// what concerns links is asked of the element's own pads.
final class ElementPad: @unchecked Sendable {  // immutable, and a pad has a lock of its own
    let pointer: UnsafeMutablePointer<GstPad>

    /// - Parameter owning: a pad with a reference that passes to this.
    init(owning pointer: UnsafeMutablePointer<GstPad>) {
        self.pointer = pointer
    }

    deinit {
        gst_object_unref(pointer)
    }

    enum Direction { case source, sink }

    var isLinked: Bool { gst_pad_is_linked(pointer) != 0 }

    var name: String { pointer.pointee.object.name.map { String(cString: $0) } ?? "" }

    /// The pad at the other end.
    var peer: ElementPad? { gst_pad_get_peer(pointer).map { ElementPad(owning: $0) } }

    /// The element that it belongs to; borrowed, and valid as long as it is.
    var parent: UnsafeMutablePointer<GstElement>? {
        guard let element = gst_pad_get_parent_element(pointer) else { return nil }
        gst_object_unref(element)
        return element
    }

    /// Of a source pad, those that what it gives comes in by; of a bin's pad, its other side.
    var feeders: [ElementPad] {
        let found = FoundPads()
        guard let all = gst_pad_iterate_internal_links(pointer) else { return [] }
        defer { gst_iterator_free(all) }
        gst_iterator_foreach(
            all,
            { value, found in
                guard let pad = g_value_get_object(value), let found else { return }
                gst_object_ref(pad)
                Unmanaged<FoundPads>.fromOpaque(found).takeUnretainedValue().pads.append(
                    ElementPad(owning: UnsafeMutableRawPointer(pad).assumingMemoryBound(to: GstPad.self)))
            }, Unmanaged.passUnretained(found).toOpaque())
        return found.pads
    }

    /// What a free pad would give, for people: of RTP the coding; nil where nobody can tell.
    var offer: String? {
        guard let caps = gst_pad_get_current_caps(pointer) ?? gst_pad_query_caps(pointer, nil) else { return nil }
        defer { gst_caps_unref(caps) }
        guard gst_caps_is_any(caps) == 0, let structure = gst_caps_get_structure(caps, 0) else { return nil }
        let words = gst_structure_get_string(structure, "encoding-name") ?? gst_structure_get_name(structure)
        return words.map { String(cString: $0) }
    }

    /// What comes of the nearest elements before this sink pad of which anything comes, one for each way.
    func nearestUpstream<Found>(_ find: (UnsafeMutablePointer<GstElement>) -> Found?) -> [Found] {
        var found: [Found] = []
        var open = [self]
        var seen: Set<UnsafeMutablePointer<GstPad>> = []
        while let pad = open.popLast() {
            guard seen.insert(pad.pointer).inserted, let source = pad.peer else { continue }
            if let one = source.parent.flatMap(find) {
                found.append(one)
            } else {
                open += source.feeders
            }
        }
        return found
    }

    /// The name of the element at the other end.
    var peerElementName: String? {
        guard let peer, let element = gst_pad_get_parent_element(peer.pointer) else { return nil }
        defer { gst_object_unref(element) }
        return element.pointee.object.name.map { String(cString: $0) }
    }

    /// Media types that could pass now, each once; empty where any could.
    var mediaTypes: [String] {
        guard let caps = gst_pad_query_caps(pointer, nil) else { return [] }
        defer { gst_caps_unref(caps) }
        return Self.mediaTypes(of: caps)
    }

    static func mediaTypes(of caps: UnsafeMutablePointer<GstCaps>) -> [String] {
        guard gst_caps_is_any(caps) == 0 else { return [] }
        var types: [String] = []
        for index in 0..<gst_caps_get_size(caps) {
            guard let name = gst_structure_get_name(gst_caps_get_structure(caps, index)) else { continue }
            let type = String(cString: name)
            if !types.contains(type) { types.append(type) }
        }
        return types
    }
}

private final class FoundPads {
    var pads: [ElementPad] = []
}

extension UnsafeMutablePointer<GstElement> {
    /// The pads that the element has at this moment, in its own order.
    func pads(_ direction: ElementPad.Direction) -> [ElementPad] {
        let found = FoundPads()
        let visit: GstElementForeachPadFunc = { _, pad, found in
            if let pad, let found {
                gst_object_ref(pad)
                Unmanaged<FoundPads>.fromOpaque(found).takeUnretainedValue().pads.append(ElementPad(owning: pad))
            }
            return 1
        }
        let context = Unmanaged.passUnretained(found).toOpaque()
        switch direction {
        case .source: _ = gst_element_foreach_src_pad(self, visit, context)
        case .sink: _ = gst_element_foreach_sink_pad(self, visit, context)
        }
        return found.pads
    }

    /// A pad that is there, by its name.
    func pad(named name: String) -> ElementPad? {
        gst_element_get_static_pad(self, name).map { ElementPad(owning: $0) }
    }

    /// Media types that pads of a direction could still be linked for, each once: of pads that are free, and of those
    /// that would be made when asked for. Empty where any could.
    func openMediaTypes(_ direction: ElementPad.Direction) -> [String] {
        var types: [String] = []
        for pad in pads(direction) where !pad.isLinked {
            let own = pad.mediaTypes
            if own.isEmpty { return [] }
            types += own
        }
        for template in templates(direction == .source ? GST_PAD_SRC : GST_PAD_SINK)
        where template.pointee.presence != GST_PAD_ALWAYS {
            guard let caps = gst_pad_template_get_caps(template) else { continue }
            defer { gst_caps_unref(caps) }
            let own = ElementPad.mediaTypes(of: caps)
            if own.isEmpty { return [] }
            types += own
        }
        var seen: Set<String> = []
        return types.filter { seen.insert($0).inserted }
    }

    /// The pad templates of the element's class, in its own order.
    func templates(_ direction: GstPadDirection) -> [UnsafeMutablePointer<GstPadTemplate>] {
        var templates: [UnsafeMutablePointer<GstPadTemplate>] = []
        let elementClass = UnsafeMutableRawPointer(pointee.object.object.g_type_instance.g_class)
            .assumingMemoryBound(to: GstElementClass.self)
        var item = gst_element_class_get_pad_template_list(elementClass)
        while let node = item {
            if let template = node.pointee.data?.assumingMemoryBound(to: GstPadTemplate.self),
                template.pointee.direction == direction
            {
                templates.append(template)
            }
            item = node.pointee.next
        }
        return templates
    }
}
