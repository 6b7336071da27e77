import WorkerLink

/// Counts what is found in the frames of one tap. Part of the tap's state, behind its lock.
struct DetectionCounter {
    private struct Key: Hashable {
        var kind: String
        var label: String
    }

    private static let labelBytes = 64

    private(set) var progress = DetectionProgress()
    private var places: [Key: Int] = [:]
    /// For each place the number of the last frame that counted, so that two alike in a frame are one frame.
    private var countedFrames: [UInt64] = []

    mutating func count(_ detections: [Detection], captured: Int64) {
        progress.frames += 1
        guard !detections.isEmpty else { return }
        progress.framesWithDetections += 1
        for detection in detections {
            progress.detections += 1
            guard let place = place(of: detection) else {
                progress.unlisted += 1
                continue
            }
            progress.labels[place].detections += 1
            progress.labels[place].lastSeen = captured
            if countedFrames[place] != progress.frames {
                countedFrames[place] = progress.frames
                progress.labels[place].frames += 1
            }
        }
    }

    /// Nil when its label is new and the list is full.
    private mutating func place(of detection: Detection) -> Int? {
        let key = Key(kind: detection.kind.rawValue, label: detection.label)
        if let place = places[key] { return place }
        guard progress.labels.count < DetectionProgress.labelLimit else { return nil }
        let place = progress.labels.count
        places[key] = place
        countedFrames.append(0)
        progress.labels.append(
            LabelProgress(
                kind: detection.kind.rawValue, label: Self.shortened(detection.label), id: detection.id, frames: 0,
                detections: 0, lastSeen: 0))
        return place
    }

    private static func shortened(_ label: String) -> String {
        guard label.utf8.count > labelBytes else { return label }
        var short = label
        while short.utf8.count > labelBytes { short.unicodeScalars.removeLast() }
        return short
    }
}
