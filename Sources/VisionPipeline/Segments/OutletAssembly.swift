internal import CGStreamer

/// Makes the elements between an outlet's queue and Swift.
struct OutletAssembly {
    typealias Element = UnsafeMutablePointer<GstElement>

    let pipeline: UnsafeMutablePointer<GstElement>
    let limit: PictureLimit

    /// The first of those that pictures need on their way to Swift that is not installed.
    static var missingElement: String? {
        ["queue", "tee", "videoconvert", "capsfilter", "appsink", "jpegparse", "jpegdec"].first {
            ElementFactory(named: $0) == nil
        }
    }

    /// What an outlet's point offers, from the caps there.
    enum Offer {
        case raw, jpeg
        /// Neither; the media types that it gives instead.
        case other([String])
    }

    /// - Parameter queue: the outlet's head.
    ///
    /// JPEG is taken when every caps structure that the point can give is `image/jpeg`: a caps filter, `jpegenc`,
    /// `jpegparse` or `rtpjpegdepay` before it says so, and a camera that could give pixels as well is asked for
    /// pixels. Where a pad appears later, its template speaks for it; one that says nothing is taken for pixels.
    func offer(at queue: Element, source: Element) -> Offer {
        guard let sink = gst_element_get_static_pad(queue, "sink") else { return .raw }
        defer { gst_object_unref(sink) }
        if let peer = gst_pad_get_peer(sink) {
            defer { gst_object_unref(peer) }
            guard let caps = gst_pad_query_caps(peer, nil) else { return .raw }
            defer { gst_caps_unref(caps) }
            return offer(of: [caps])
        }
        var templates: [UnsafeMutablePointer<GstCaps>] = []
        defer { templates.forEach { gst_caps_unref($0) } }
        for template in source.templates(GST_PAD_SRC) {
            if let caps = gst_pad_template_get_caps(template) { templates.append(caps) }
        }
        return offer(of: templates)
    }

    private func offer(of all: [UnsafeMutablePointer<GstCaps>]) -> Offer {
        var types: Set<String> = []
        for caps in all {
            if gst_caps_is_any(caps) != 0 { return .raw }
            for index in 0..<gst_caps_get_size(caps) {
                if let name = gst_structure_get_name(gst_caps_get_structure(caps, index)) {
                    types.insert(String(cString: name))
                }
            }
        }
        if types.isEmpty || types.contains("video/x-raw") { return .raw }
        return types == ["image/jpeg"] ? .jpeg : .other(types.sorted())
    }

    /// `queue ! videoconvert ! video/x-raw,… ! appsink`, with `jpegparse ! jpegdec` before it where pixels are wanted
    /// of JPEGs. Nil when GStreamer cannot link it.
    func raw(after queue: Element, decodingJPEG: Bool) -> Element? {
        guard let convert = add("videoconvert"), let filter = add("capsfilter"), let sink = addSink() else {
            return nil
        }
        setCaps("video/x-raw,format={I420,NV12}", of: filter)
        ColorimetryPin.install(on: convert, filter: filter)
        var chain = [queue]
        if decodingJPEG {
            guard let parse = add("jpegparse"), let decode = add("jpegdec") else { return nil }
            JPEGGuard.install(on: decode, limit: limit)
            chain += [parse, decode]
        }
        return link(chain + [convert, filter, sink]) ? sink : nil
    }

    /// `queue ! jpegparse ! appsink caps=image/jpeg`.
    func jpeg(after queue: Element) -> Element? {
        guard let parse = add("jpegparse"), let sink = addSink() else { return nil }
        setCaps("image/jpeg", of: sink)
        return link([queue, parse, sink]) ? sink : nil
    }

    /// A tee behind a queue, with one queue a branch.
    func fork(_ queue: Element) -> (Element, Element)? {
        guard let tee = add("tee"), let first = add("queue"), let second = add("queue"),
            link([queue, tee, first]), link([tee, second])
        else { return nil }
        return (first, second)
    }

    /// Links an outlet's head to that one of a source's pads which gives pictures, by a tee where it is linked already.
    ///
    /// - Returns: the queue that stands then before what was linked there.
    func feed(_ head: Element, withPicturesOf source: Element) -> Element? {
        let pads = source.pads(.source)
        let giving = pads.first { !Set($0.mediaTypes).isDisjoint(with: ["video/x-raw", "image/jpeg"]) }
        guard let pad = giving ?? pads.first, let sink = head.pad(named: "sink") else { return nil }
        guard let peer = pad.peer else {
            gst_pad_link(pad.pointer, sink.pointer)
            return nil
        }
        guard let tee = add("tee"), let queue = add("queue"), link([tee, queue]), link([tee, head]),
            let start = tee.pad(named: "sink"), let end = queue.pad(named: "src")
        else { return nil }
        gst_pad_unlink(pad.pointer, peer.pointer)
        gst_pad_link(pad.pointer, start.pointer)
        gst_pad_link(end.pointer, peer.pointer)
        return queue
    }

    private func addSink() -> Element? {
        guard let sink = add("appsink") else { return nil }
        // Never a reason for the pipeline to wait: an outlet without frames must not hold the others in PAUSED.
        sink.set("async", false)
        sink.set("sync", false)
        sink.set("qos", false)
        sink.set("enable-last-sample", false)
        sink.set("max-buffers", UInt32(2))
        return sink
    }

    private func add(_ factory: String) -> Element? {
        guard let element = gst_element_factory_make(factory, nil) else { return nil }
        return pipeline.withMemoryRebound(to: GstBin.self, capacity: 1) { gst_bin_add($0, element) } != 0
            ? element : nil
    }

    private func setCaps(_ text: String, of element: Element) {
        guard let caps = gst_caps_from_string(text) else { return }
        element.set("caps", caps)
        gst_caps_unref(caps)
    }

    /// From the end to the beginning: each link asks what the whole chain before it can give, and so only the last of
    /// them has more than a step to ask.
    private func link(_ chain: [Element]) -> Bool {
        zip(chain, chain.dropFirst()).reversed().allSatisfy { source, target in
            guard let pad = gst_element_get_static_pad(source, "src") else {
                return gst_element_link(source, target) != 0
            }
            gst_object_unref(pad)
            return gst_element_link_pads(source, "src", target, "sink") != 0
        }
    }
}
