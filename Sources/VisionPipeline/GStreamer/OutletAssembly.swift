internal import CGStreamer
internal import WorkerLink

/// Makes the elements between an outlet's queue and Swift.
struct OutletAssembly {
    typealias Element = UnsafeMutablePointer<GstElement>

    let pipeline: UnsafeMutablePointer<GstElement>
    let limit: PictureLimit

    /// The first of those that pictures need on their way to Swift that is not installed.
    static var missingElement: String? {
        ["queue", "tee", "videoconvert", "capsfilter", "appsink", "jpegparse"].first {
            ElementFactory(named: $0) == nil
        }
    }

    /// What an outlet's point offers, from the caps there.
    enum Offer {
        case raw, jpeg
        /// Video that taps take as it is.
        case coded(VideoCoding)
        /// What a container holds, which shows when it comes.
        case demuxed
        /// Neither; the media types that it gives instead.
        case other([String])
    }

    /// - Parameters:
    ///   - queue: the outlet's head.
    ///   - producer: what makes the pictures; elements before `queue` may only pass them on.
    ///
    /// JPEG is taken when every caps structure that the point can give is `image/jpeg`: a caps filter, `jpegenc`,
    /// `jpegparse` or `rtpjpegdepay` before it says so, and a camera that could give pixels as well is asked for
    /// pixels. Where a pad appears later, its template speaks for it; one that says nothing is taken for pixels, but of a
    /// demuxer, or a bin that parses: what is in a container is coded, and what it is will be seen when it comes.
    func offer(at queue: Element, source: Element, producer: ElementFactory?) -> Offer {
        let classes = producer?.classes ?? ""
        let isDemuxed = classes.contains("Demux") || classes.contains("Bin/Parser")
        guard let peer = queue.pad(named: "sink")?.peer else {
            if isDemuxed { return .demuxed }
            var templates: [UnsafeMutablePointer<GstCaps>] = []
            defer { templates.forEach { gst_caps_unref($0) } }
            for template in source.templates(GST_PAD_SRC) {
                if let caps = gst_pad_template_get_caps(template) { templates.append(caps) }
            }
            return offer(of: templates)
        }
        guard let caps = gst_pad_query_caps(peer.pointer, nil) else { return .raw }
        defer { gst_caps_unref(caps) }
        return isDemuxed && gst_caps_is_any(caps) != 0 ? .demuxed : offer(of: [caps])
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
        if types == ["image/jpeg"] { return .jpeg }
        if types.count == 1, let coding = types.first.flatMap({ VideoCoding(mediaType: $0) }) { return .coded(coding) }
        return .other(types.sorted())
    }

    /// `queue ! videoconvert ! video/x-raw,… ! appsink`. Nil when GStreamer cannot link it.
    func raw(after queue: Element) -> Element? {
        guard let convert = add("videoconvert"), let filter = add("capsfilter"), let sink = addSink() else {
            return nil
        }
        setCaps("video/x-raw,format={I420,NV12}", of: filter)
        ColorimetryPin.install(on: convert, filter: filter)
        ConversionThreads.install(on: convert)
        return link([queue, convert, filter, sink]) ? sink : nil
    }

    /// `queue ! appsink`, with `jpegparse` between where what comes are bytes that nobody has cut into pictures.
    ///
    /// Elsewhere it would do harm: it glues a picture that was cut to the next one, and ends the pipeline over it.
    func jpeg(after queue: Element, isWhole: Bool) -> Element? {
        guard let sink = addSink() else { return nil }
        setCaps("image/jpeg", of: sink)
        guard !isWhole else { return link([queue, sink]) ? sink : nil }
        guard let parse = add("jpegparse") else { return nil }
        return link([queue, parse, sink]) ? sink : nil
    }

    /// `queue ! h264parse ! video/x-h264,… ! appsink`, or the same of another coding: whole access units, with parameter sets before each
    /// keyframe.
    func units(after queue: Element, of coding: VideoCoding) -> Element? {
        guard let parse = add(coding.parser), let sink = addSink() else { return nil }
        parse.set("config-interval", Int32(-1))
        setCaps("\(coding.mediaType),stream-format=byte-stream,alignment=au", of: sink)
        return link([queue, parse, sink]) ? sink : nil
    }

    /// `appsrc ! decoder ! videoconvert ! video/x-raw,… ! appsink`. Nil where no decoder is installed.
    func decoding(_ coding: VideoCoding) -> (source: Element, sink: Element)? {
        guard let source = add("appsrc"), let decoder = coding.decoders.lazy.compactMap({ add($0) }).first else {
            return nil
        }
        source.set("format", enumeration: 3)  // time
        source.set("is-live", true)
        source.set("max-bytes", UInt64(0))
        guard let sink = raw(after: decoder), link([source, decoder]) else { return nil }
        return (source, sink)
    }

    /// `queue ! appsink` for pictures of any coding: what frames are not made of is told by its name.
    func demuxed(after queue: Element) -> Element? {
        guard let sink = addSink() else { return nil }
        let coded =
            ["jpeg", "png"].map { "image/\($0)" }
            + [
                "mpeg", "x-av1", "x-dv", "x-flash-video", "x-h263", "x-h264", "x-h265", "x-prores", "x-raw", "x-theora",
                "x-vp8", "x-vp9", "x-wmv",
            ].map { "video/\($0)" }
        setCaps(coded.joined(separator: "; "), of: sink)
        return link([queue, sink]) ? sink : nil
    }

    /// `queue ! appsink` for whatever comes, which goes on in another pipeline.
    func coded(after queue: Element) -> Element? {
        guard let sink = addSink() else { return nil }
        return link([queue, sink]) ? sink : nil
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
        StrideOffer.install(on: sink)
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
