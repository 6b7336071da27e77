extension PlanGraph {
    /// The cameras at this machine that its sources take, as the plan names them, by the source's id. To be asked once values are bound.
    package var devices: [String: String] {
        Dictionary(
            nodes.compactMap { node in node.device.map { (node.id, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    /// What `extra-controls` set on them: by source and control, as the API names it.
    package var plannedControls: [String: [String: Int64]] {
        Dictionary(
            nodes.filter { $0.device != nil }.map { ($0.id, $0.plannedControls) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension PlanNode {
    /// The element that takes a camera at this machine.
    package static let deviceSource = "v4l2src"

    /// The camera at this machine that it takes, as the plan names it; nil of what takes none.
    package var device: String? {
        guard case .named(Self.deviceSource, _) = kind else { return nil }
        guard let value = properties.last(where: { $0.property == "device" })?.value else { return "/dev/video0" }
        switch value {
        case .literal(let text), .bound(.string(let text), _): return text
        default: return nil
        }
    }
}

extension PlanNode {
    /// Of the text of a structure, `c,exposure_auto=1,gain=(int)5`.
    fileprivate var plannedControls: [String: Int64] {
        guard case .literal(let text) = properties.last(where: { $0.property == "extra-controls" })?.value else {
            return [:]
        }
        var controls: [String: Int64] = [:]
        for field in text.split(separator: ",").dropFirst() {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(
                separator: "_")
            let digits = (parts[1].split(separator: ")").last ?? "").filter { !$0.isWhitespace && $0 != ";" }
            if let value = Int64(digits) { controls[name] = value }
        }
        return controls
    }
}
