internal import CGStreamer

/// Whether each buffer of coded pictures is one picture.
///
/// Demuxers, depayloaders, encoders, parsers and capture devices give pictures; files and sockets give bytes, wherever a read
/// happened to end.
enum PictureFraming {
    /// - Parameters:
    ///   - classes: of the element that makes the buffers, for example `Codec/Demuxer`.
    ///   - isSource: it has no input.
    static func isWhole(classes: String, isSource: Bool) -> Bool {
        if ["Demux", "Depay", "Encoder", "Parser", "Decoder"].contains(where: classes.contains) { return true }
        return isSource && classes.contains("Source/Video") && !classes.contains("Network")
    }

    /// A file is a picture.
    private static let sequences: Set<String> = ["multifilesrc", "imagesequencesrc"]

    /// - Parameter sink: where they come in. Elements that only pass on are looked through, and bins looked into: of one that
    ///   decodes or parses, the elements that it chose say more than its own kind.
    static func isWhole(before sink: ElementPad) -> Bool {
        let found = sink.nearestUpstream { element -> Bool? in
            let classes = element.factoryClasses
            guard !classes.contains("Bin") else { return nil }
            let isSource = element.pads(.sink).isEmpty
            let isSequence = element.factoryName.map(sequences.contains) == true
            if isSequence || isWhole(classes: classes, isSource: isSource) { return true }
            return isSource ? false : nil
        }
        return !found.isEmpty && found.allSatisfy(\.self)
    }
}
