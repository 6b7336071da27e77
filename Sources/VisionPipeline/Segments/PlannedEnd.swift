internal import CGStreamer

/// Whether the plan itself says when the pictures of its sources are over: after so many of them. Then their end is no camera that
/// has hung up.
enum PlannedEnd {
    /// - Parameter elements: those of a segment with sources, their properties set.
    static func isSaid(by elements: [UnsafeMutablePointer<GstElement>]) -> Bool { elements.contains(where: isSaid) }

    private static func isSaid(by element: UnsafeMutablePointer<GstElement>) -> Bool {
        // Of sources, fakesink and the like; of identity; of jpegenc and pngenc.
        (element.integer("num-buffers") ?? -1) > 0 || (element.integer("eos-after") ?? -1) > 0
            || element.boolean("snapshot") == true
    }
}
