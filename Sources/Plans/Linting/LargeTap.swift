/// A tap gives viewers the picture in full size unless told otherwise, and a 4K picture takes 10 ms and more to
/// encode as JPEG.
struct LargeTap: LintRule {
    private static let largest = 3840

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for tap in flow.sideTaps {
            guard let node = flow.node(tap.nodeID), !node.sets("width"), !node.sets("height"),
                let width = Self.width(before: tap.attachPoint, flow), width >= Self.largest
            else { continue }
            diagnostics.warning(
                .largeTap, at: node.range, "'\(node.id)' shows raw pictures \(width) pixels wide in full size",
                hint: "write streamtap width=1280; a viewer can still ask for more")
        }
    }

    /// What may change a picture's width.
    private static let resizers: Set<String> = [
        "videoscale", "videoconvertscale", "videocrop", "videobox", "compositor", "videomixer", "videoflip",
        "aspectratiocrop", "v4l2convert", "glcolorscale", "tiler", "resize", "crop", "rotate", "undistort",
    ]

    /// The width of raw pictures as the nearest caps before a node say it; nil when nothing does.
    private static func width(before id: String, _ flow: LintGraph) -> Int? {
        var current = flow.node(id)
        var isDecoded = false
        var steps = 0
        while let node = current, steps < 256 {
            steps += 1
            switch node.kind {
            case .tap: return nil
            case .caps(let structures):
                guard structures.count == 1, let structure = structures.first else { return nil }
                if structure.mediaType == "video/x-raw" { isDecoded = true }
                if let field = structure.fields.first(where: { $0.name == "width" }) {
                    guard isDecoded, let text = flow.text(of: field.value) else { return nil }
                    // `(int)3840`, `(i)3840`
                    return Int(text.split(separator: ")").last ?? "")
                }
            case .named(let name, _):
                if resizers.contains(name) { return nil }
                // A stage decodes, too.
                if flow.isSwift(node) || name.hasSuffix("dec") || name.hasPrefix("avdec_") { isDecoded = true }
            }
            let inputs = flow.inputs(of: node.id)
            guard inputs.count == 1, let edge = inputs.first else { return nil }
            current = flow.node(edge.source)
        }
        return nil
    }
}
