/// Whether places in a picture stay the same, but for scale, on the way through a segment's elements.
struct PicturePath {
    private static let keeping: Set<String> = [
        "queue", "queue2", "multiqueue", "identity", "valve", "tee", "capsfilter", "capssetter", "videorate",
        "typefind",
        "clocksync", "progressreport", "watchdog", "videoconvert", "videoscale", "videoconvertscale",
        "autovideoconvert",
        "deinterlace", "interlace", "videobalance", "gamma", "coloreffects", "chromahold", "alpha", "alphacolor",
        "gaussianblur", "videomedian", "smooth", "edgedetect", "textoverlay", "timeoverlay", "clockoverlay",
        "cairooverlay", "gdkpixbufoverlay", "h264timestamper", "h265timestamper", "decodebin", "decodebin3",
    ]
    private static let keepingClasses: Set<String> = [
        "Encoder", "Decoder", "Codec", "Parser", "Muxer", "Demuxer", "Payloader", "Depayloader", "Colorspace", "Scaler",
    ]

    /// - Returns: false where an element turns, crops or bends the picture, or is not known to leave it alone.
    static func keepsPlaces(
        to outlet: Int, in segment: Segment, _ nodes: [ResolvedNode]
    ) -> Bool {
        var seen: Set<Int> = []
        var waiting = [outlet]
        while let node = waiting.popLast() {
            guard seen.insert(node).inserted else { continue }
            guard let factory = nodes[node].factory, keeps(factory) else { return false }
            waiting += segment.links.filter { $0.target == node }.map(\.source)
        }
        return true
    }

    private static func keeps(_ factory: ElementFactory) -> Bool {
        keeping.contains(factory.name)
            || factory.classes.split(separator: "/").contains { keepingClasses.contains(String($0)) }
    }
}
