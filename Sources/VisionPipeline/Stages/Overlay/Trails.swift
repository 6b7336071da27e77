/// Where followed things have been in the last seconds.
struct Trails {
    /// How far back, seconds.
    var seconds: Double
    private var paths: [Int: [Step]] = [:]

    private static let mostPaths = 256
    private static let mostSteps = 512

    private struct Step {
        var point: Detection.Point
        var time: Double
        var kind: Detection.Kind
    }

    init(seconds: Double) {
        self.seconds = seconds
    }

    /// Takes in where things are.
    ///
    /// - Parameter now: seconds, later each time.
    mutating func update(_ detections: [Detection], at now: Double) {
        guard seconds > 0 else { return }
        for detection in detections {
            guard let track = detection.track, paths[track] != nil || paths.count < Self.mostPaths else { continue }
            paths[track, default: []].append(Step(point: detection.center, time: now, kind: detection.kind))
        }
        paths = paths.compactMapValues { steps in
            let kept = steps.drop { now - $0.time > seconds }.suffix(Self.mostSteps)
            return kept.isEmpty ? nil : Array(kept)
        }
    }

    /// The paths of at least two points, by their number.
    var lines: [(kind: Detection.Kind, points: [Detection.Point])] {
        paths.sorted { $0.key < $1.key }.compactMap { path in
            path.value.count > 1 ? (path.value[0].kind, path.value.map(\.point)) : nil
        }
    }
}
