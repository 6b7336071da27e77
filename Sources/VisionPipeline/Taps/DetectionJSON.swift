import Plans

/// Detections as a JSON array, in pixels of an encoded picture and normalised.
struct DetectionJSON {
    /// Encoded pixels per frame pixel.
    private let scaleX: Double
    private let scaleY: Double
    /// One over the frame's size.
    private let unitX: Double
    private let unitY: Double

    init(frame: PictureSize, picture: PictureSize) {
        scaleX = Double(picture.width) / Double(max(frame.width, 1))
        scaleY = Double(picture.height) / Double(max(frame.height, 1))
        unitX = 1 / Double(max(frame.width, 1))
        unitY = 1 / Double(max(frame.height, 1))
    }

    /// A detection whose numbers are not finite is left out.
    func bytes(_ detections: [Detection]) -> [UInt8] {
        var text = "["
        for detection in detections where Self.isFinite(detection) {
            if text.utf8.count > 1 { text += "," }
            write(detection, to: &text)
        }
        text += "]"
        return Array(text.utf8)
    }

    private func write(_ detection: Detection, to text: inout String) {
        text += "{\"kind\":"
        Self.write(detection.kind.rawValue, to: &text)
        if let id = detection.id { text += ",\"id\":\(id)" }
        text += ",\"label\":"
        Self.write(detection.label, to: &text)
        text += ",\"score\":\(Self.number(detection.score, decimals: 1e4)),"
        writeGeometry(detection, x: scaleX, y: scaleY, decimals: 1e2, to: &text)
        text += ",\"normalized\":{"
        writeGeometry(detection, x: unitX, y: unitY, decimals: 1e6, to: &text)
        text += "}"
        writeExtras(detection, to: &text)
        text += "}"
    }

    /// What only some detections have.
    private func writeExtras(_ detection: Detection, to text: inout String) {
        if let track = detection.track { text += ",\"track\":\(track)" }
        if let hamming = detection.hamming { text += ",\"hamming\":\(hamming)" }
        if let margin = detection.margin { text += ",\"margin\":\(Self.number(margin, decimals: 1e2))" }
        if let pose = detection.pose {
            let position = [pose.x, pose.y, pose.z].map { Self.number($0, decimals: 1e6) }
            let rotation = [pose.rotation.w, pose.rotation.x, pose.rotation.y, pose.rotation.z]
                .map { Self.number($0, decimals: 1e6) }
            text += ",\"pose\":{\"position_meters\":[" + position.joined(separator: ",")
            text += "],\"rotation_wxyz\":[" + rotation.joined(separator: ",") + "]}"
        }
        guard !detection.data.isEmpty else { return }
        text += ",\"data\":{"
        for (index, item) in detection.data.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { text += "," }
            Self.write(item.key, to: &text)
            text += ":"
            switch item.value {
            case .string(let value): Self.write(value, to: &text)
            case .integer(let value): text += "\(value)"
            case .number(let value): text += Self.number(value, decimals: 1e4)
            case .boolean(let value): text += "\(value)"
            }
        }
        text += "}"
    }

    private func writeGeometry(
        _ detection: Detection, x: Double, y: Double, decimals: Double, to text: inout String
    ) {
        func pair(_ point: Detection.Point) -> String {
            "[\(Self.number(point.x * x, decimals: decimals)),\(Self.number(point.y * y, decimals: decimals))]"
        }
        let box = detection.box
        let sides = [box.x * x, box.y * y, box.width * x, box.height * y]
        text += "\"box\":[" + sides.map { Self.number($0, decimals: decimals) }.joined(separator: ",")
        text += "],\"corners\":[" + detection.corners.map(pair).joined(separator: ",")
        text += "],\"center\":" + pair(detection.center)
    }

    private static func isFinite(_ detection: Detection) -> Bool {
        let box = detection.box
        return [detection.score, box.x, box.y, box.width, box.height].allSatisfy(\.isFinite)
            && detection.center.x.isFinite && detection.center.y.isFinite
            && detection.corners.allSatisfy { $0.x.isFinite && $0.y.isFinite }
    }

    /// As many decimals as `decimals` is a power of ten; without a fraction where there is none.
    private static func number(_ value: Double, decimals: Double) -> String {
        let rounded = (value * decimals).rounded() / decimals
        guard rounded.isFinite else { return "0" }
        if let whole = Int(exactly: rounded) { return String(whole) }
        return "\(rounded)"
    }

    /// A JSON string (RFC 8259, section 7).
    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
