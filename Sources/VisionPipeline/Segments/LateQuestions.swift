internal import CGStreamer

/// Elements that ask what is before them at the moment when they are linked, and never again.
///
/// `decodebin3` 1.22 finds out then whether its source can be read anywhere, which a `filesrc` without its `location` denies: it
/// would wait for data that nobody pushes. Properties are set after linking, so its links are made once more.
enum LateQuestions {
    private static let asking: Set<String> = ["decodebin3"]

    /// To be called when properties are set, and before anything plays.
    ///
    /// - Parameter names: of elements in the pipeline.
    static func askAgain(in pipeline: UnsafeMutablePointer<GstElement>, of names: [String]) {
        for element in names.compactMap({ pipeline.child(named: $0) }) {
            guard asking.contains(element.factoryName ?? ""), let sink = element.pad(named: "sink"),
                let source = sink.peer
            else { continue }
            gst_pad_unlink(source.pointer, sink.pointer)
            _ = gst_pad_link(source.pointer, sink.pointer)
        }
    }
}
