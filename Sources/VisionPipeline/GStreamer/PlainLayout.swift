internal import CGStreamer

/// Sees to it that `y4menc` gets pictures without gaps. 1.22 writes down whatever memory it is given, and says all the same, by its
/// base class, that it reads strides.
enum PlainLayout {
    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        ElementWatch.install(on: pipeline) { element in
            guard element.factoryName == "y4menc" else { return }
            element.pad(named: "sink")?.probe(.queries) { info in
                // An answer that offers nothing.
                info.query?.pointee.type == GST_QUERY_ALLOCATION ? .handled : .pass
            }
        }
    }
}
