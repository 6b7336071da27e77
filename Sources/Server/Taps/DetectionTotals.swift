import WorkerLink

/// What was found in a tap's frames, over all its workers.
struct DetectionTotals: Sendable {
    private(set) var frames: UInt64 = 0
    private(set) var framesWithDetections: UInt64 = 0
    private(set) var detections: UInt64 = 0
    private(set) var unlisted: UInt64 = 0
    /// In the order first seen.
    private(set) var labels: [LabelProgress] = []

    /// Adds what one worker counted. What no longer fits the list of labels is counted as unlisted.
    mutating func add(_ worker: DetectionProgress) {
        frames &+= worker.frames
        framesWithDetections &+= worker.framesWithDetections
        detections &+= worker.detections
        unlisted &+= worker.unlisted
        for label in worker.labels { add(label) }
    }

    private mutating func add(_ label: LabelProgress) {
        if let place = labels.firstIndex(where: { $0.kind == label.kind && $0.label == label.label }) {
            labels[place].frames &+= label.frames
            labels[place].detections &+= label.detections
            labels[place].lastSeen = max(labels[place].lastSeen, label.lastSeen)
        } else if labels.count < DetectionProgress.labelLimit {
            labels.append(label)
        } else {
            unlisted &+= label.detections
        }
    }
}

extension DetectionProgress {
    /// Holds what a worker says to what can be true, so that sums of it do not overflow and memory stays ours.
    mutating func limit(to highest: UInt64) {
        frames = min(frames, highest)
        framesWithDetections = min(framesWithDetections, highest)
        detections = min(detections, highest)
        unlisted = min(unlisted, highest)
        labels = Array(labels.prefix(Self.labelLimit))
        for place in labels.indices {
            labels[place].frames = min(labels[place].frames, highest)
            labels[place].detections = min(labels[place].detections, highest)
        }
    }
}
