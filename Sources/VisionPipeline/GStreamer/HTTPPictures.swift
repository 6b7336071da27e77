internal import CGStreamer

/// Whether what comes over HTTP are a camera's pictures, as far as it shows by now.
///
/// Over HTTP come films as well; only a camera sends pictures one after the other in one answer. So says the answer itself, or a
/// demuxer of such answers behind the source, which may only appear when something has come.
enum HTTPPictures {
    private static let sources: Set<String> = ["souphttpsrc", "curlhttpsrc"]

    /// - Parameter child: a pipeline's own element: a source, or a bin with sources in it.
    static func come(from child: UnsafeMutablePointer<GstElement>, in pipeline: UnsafeMutablePointer<GstElement>)
        -> Bool
    {
        answers(to: child).contains { $0 == true } || isDemuxed(child, in: pipeline)
    }

    /// It has asked, and nothing has come yet.
    static func areAwaited(from child: UnsafeMutablePointer<GstElement>) -> Bool {
        answers(to: child).contains { $0 == nil }
    }

    /// Of each source whether the answer is one picture after the other; nil while there is none.
    private static func answers(to child: UnsafeMutablePointer<GstElement>) -> [Bool?] {
        child.elements.filter { sources.contains($0.pointer.factoryName ?? "") }.map { source in
            source.pointer.pad(named: "src").flatMap { contentType(at: $0) }.map {
                $0.lowercased().hasPrefix("multipart/")
            }
        }
    }

    /// Empty where the answer does not say.
    private static func contentType(at pad: ElementPad) -> String? {
        var number: guint = 0
        while let event = gst_pad_get_sticky_event(pad.pointer, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, number) {
            defer { gst_event_unref(event) }
            number += 1
            guard let structure = gst_event_get_structure(event), gst_structure_has_name(structure, "http-headers") != 0
            else { continue }
            return header("content-type", in: structure) ?? ""
        }
        return nil
    }

    /// A server may write a header's name in capitals or not.
    private static func header(_ wanted: String, in answer: UnsafePointer<GstStructure>) -> String? {
        guard let value = gst_structure_get_value(answer, "response-headers"),
            let headers = gst_value_get_structure(value)
        else { return nil }
        for number in 0..<max(gst_structure_n_fields(headers), 0) {
            guard let name = gst_structure_nth_field_name(headers, guint(number)),
                String(cString: name).lowercased() == wanted
            else { continue }
            return gst_structure_get_string(headers, name).map { String(cString: $0) }
        }
        return nil
    }

    private static func isDemuxed(
        _ child: UnsafeMutablePointer<GstElement>, in pipeline: UnsafeMutablePointer<GstElement>
    ) -> Bool {
        let name = child.nameOfOutermostBin
        return pipeline.elements.contains { element in
            guard element.pointer.factoryName == "multipartdemux", let sink = element.pointer.pad(named: "sink") else {
                return false
            }
            return sink.nearestUpstream { source -> Bool? in
                guard source.pads(.sink).isEmpty, !source.factoryClasses.contains("Bin") else { return nil }
                return source.factoryClasses.contains("Network") && source.nameOfOutermostBin == name
            }.contains(true)
        }
    }
}
