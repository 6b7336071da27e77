import Plans
import WorkerLink

/// Counts things in polygons and over lines.
///
/// Adds a `zone` detection for each polygon and a `line` for each line, with their counts, and tells each thing where
/// it is (`zones`, `dwell_seconds`) and what it has just crossed (`crossed`). Comings and goings need things that can
/// be told apart, by `track` before this stage or by a number of their own.
struct ZonesStage: Stage {
    static let description = StageDescription(
        name: "zones",
        summary: "Counts what is in polygons, comes, goes and stays there, and what crosses lines.",
        oneAtATime: "it counts from frame to frame",
        learns: true,
        options: [
            StageOptionDescription(
                name: "zones", type: .string, default: nil,
                summary:
                    "A name, a colon and points x,y in shares of width and height, with a semicolon between zones; "
                    + "two points are a line, more a polygon: door: 0.1,0.2 0.4,0.2 0.4,0.8; gate: 0.5,0 0.5,1."),
            .choice(
                name: "point", default: Reference.center,
                summary: "Which point of a thing counts: its middle, or the middle of its lower edge."),
            StageOptionDescription(
                name: "patience_seconds", type: .number, default: .number(1), minimum: 0, maximum: 3600,
                summary: "How long a thing that is not seen still counts as being where it was."),
        ])

    /// Which point of a thing tells where it is.
    private enum Reference: String, CaseIterable {
        case center, foot
    }

    private var polygons: [ZoneCounter]
    private var lines: [LineCounter]
    private let reference: Reference
    private let patience: Double

    /// - Throws: `StageError` when the zones cannot be read.
    init(options: StageOptions) throws {
        let zones = try Zone.list(options.string("zones") ?? "")
        let patience = options.number("patience_seconds") ?? 1
        self.patience = patience
        reference = options.choice("point") ?? .center
        polygons = zones.filter { !$0.isLine }.map { ZoneCounter($0, patience: patience) }
        lines = zones.filter(\.isLine).map { LineCounter($0, patience: patience) }
    }

    /// A zone that stays where it was keeps its counts.
    mutating func adopt(_ former: ZonesStage) {
        guard reference == former.reference else { return }
        polygons = polygons.map { counter in
            var kept = former.polygons.first { $0.zone == counter.zone } ?? counter
            kept.patience = patience
            return kept
        }
        lines = lines.map { counter in
            var kept = former.lines.first { $0.zone == counter.zone } ?? counter
            kept.patience = patience
            return kept
        }
    }

    mutating func process(_ frame: Frame) throws -> Frame? {
        // A compressed frame has passed no stage that finds anything.
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "zones") }
        let now = frame.seconds
        var detections = frame.detections ?? []
        let known = detections.indices.filter { detections[$0].kind.isThing && ThingKey(detections[$0]) != nil }
        let things = known.compactMap { index in
            ThingKey(detections[index]).map { (key: $0, point: place(detections[index], frame)) }
        }
        for counter in polygons.indices {
            let stays = polygons[counter].update(things, at: now)
            for (index, stay) in zip(known, stays) {
                if let stay { detections[index].enter(polygons[counter].zone.name, dwell: stay) }
            }
        }
        for counter in lines.indices {
            let ways = lines[counter].update(things, at: now)
            for (index, way) in zip(known, ways) {
                if let way {
                    detections[index].data["crossed"] = .string("\(lines[counter].zone.name) \(way.rawValue)")
                }
            }
        }
        let anonymous = detections.filter { $0.kind.isThing && ThingKey($0) == nil }.map { place($0, frame) }
        for counter in polygons {
            var data = counter.data(at: now)
            // Things that nothing tells apart can still be counted.
            let more = anonymous.count { counter.zone.polygon.contains($0) }
            if case .integer(let count)? = data["count"] { data["count"] = .integer(count + Int64(more)) }
            detections.append(counter.zone.detection(kind: .zone, data: data, in: frame))
        }
        for counter in lines {
            detections.append(counter.zone.detection(kind: .line, data: counter.data, in: frame))
        }
        return frame.with(detections: detections)
    }

    /// In shares of the picture.
    private func place(_ detection: Detection, _ frame: Frame) -> Detection.Point {
        let point: Detection.Point =
            switch reference {
            case .center: detection.center
            case .foot:
                Detection.Point(
                    x: detection.box.x + detection.box.width / 2, y: detection.box.y + detection.box.height)
            }
        return Detection.Point(x: point.x / Double(max(frame.width, 1)), y: point.y / Double(max(frame.height, 1)))
    }
}

extension Detection {
    fileprivate mutating func enter(_ zone: String, dwell: Double) {
        if case .string(let zones)? = data["zones"] {
            data["zones"] = .string("\(zones), \(zone)")
        } else {
            data["zones"] = .string(zone)
            data["dwell_seconds"] = .number(dwell)
        }
    }
}

extension Zone {
    fileprivate func detection(kind: Detection.Kind, data: [String: ParameterValue], in frame: Frame) -> Detection {
        let corners = points.map { Detection.Point(x: $0.x * Double(frame.width), y: $0.y * Double(frame.height)) }
        var detection = Detection(
            kind: kind, label: name, score: 1, box: Detection.Box(around: corners), corners: corners)
        detection.data = data
        return detection
    }
}
