import WorkerLink

/// A tap's counts over all its workers: each worker counts from 0 again, the sums go on.
struct TapCounters {
    private var frames: UInt64 = 0
    private var encoded: UInt64 = 0
    private var dropped: UInt64 = 0
    /// Pictures of this worker that came here; its own count arrives later and is the one that stands.
    private var pictures: UInt64 = 0
    private var progress: TapProgress?
    private var progressAt: Int64 = 0
    /// Newest sequence number of this worker.
    private var sequence: UInt64 = 0
    private var newestCapture: Int64?
    private(set) var width = 0
    private(set) var height = 0
    private var detections: DetectionTotals?

    /// A number that a worker can only reach by lying; sums of such numbers could overflow.
    static let limit: UInt64 = 1 << 52

    /// Frames that reached the tap, over all workers. What was counted before this worker is `frames`.
    var frameCount: UInt64 { frames &+ max(progress?.frames ?? 0, sequence) }
    var encodedCount: UInt64 { encoded &+ max(progress?.encoded ?? 0, pictures) }
    /// Whether video is decoded just now; nil where the plan decodes, or no worker has said.
    var isDecoding: Bool? { progress?.isDecoding }
    var droppedCount: UInt64 { dropped &+ (progress?.dropped ?? 0) }

    /// What was found, over all workers; nil while no frame had passed a detecting stage.
    var detectionTotals: DetectionTotals? {
        guard let found = progress?.detections else { return detections }
        var sum = detections ?? DetectionTotals()
        sum.add(found)
        return sum
    }

    /// The same without the labels, which is cheap enough to be asked for with each picture.
    var detectionCounts: TapMetrics.DetectionCounts? {
        guard detections != nil || progress?.detections != nil else { return nil }
        let (before, now) = (detections, progress?.detections)
        return TapMetrics.DetectionCounts(
            frames: (before?.frames ?? 0) &+ (now?.frames ?? 0),
            framesWithDetections: (before?.framesWithDetections ?? 0) &+ (now?.framesWithDetections ?? 0),
            detections: (before?.detections ?? 0) &+ (now?.detections ?? 0))
    }

    mutating func attemptStarted() {
        detections = detectionTotals
        frames = frameCount
        encoded = encodedCount
        dropped = droppedCount
        progress = nil
        sequence = 0
        pictures = 0
    }

    mutating func countPicture() { pictures += 1 }

    mutating func update(_ new: TapProgress, now: Int64) {
        var new = new
        new.frames = min(new.frames, Self.limit)
        new.encoded = min(new.encoded, Self.limit)
        new.dropped = min(new.dropped, Self.limit)
        new.detections?.limit(to: Self.limit)
        progress = new
        progressAt = now
        if new.width > 0 { (width, height) = (new.width, new.height) }
        if let last = new.lastFrame { newestCapture = max(newestCapture ?? last, last) }
    }

    /// Numbers a worker's frame within all frames of the tap.
    ///
    /// - Returns: nil when the worker's number cannot be true.
    mutating func number(_ header: FrameHeader) -> UInt64? {
        guard header.sequence > 0, header.sequence <= Self.limit, frames <= Self.limit else { return nil }
        sequence = max(sequence, header.sequence)
        newestCapture = max(newestCapture ?? header.captured, header.captured)
        // Before the first progress the picture's own size is the best guess.
        if width == 0 { (width, height) = (header.width, header.height) }
        return frames + header.sequence
    }

    /// The worker's rate while it reports; a worker that has fallen silent decays to 0 within 3 s.
    func fps(now: Int64) -> Double {
        guard let progress, progress.fps.isFinite else { return 0 }
        let silence = Double(now - progressAt) / 1e9
        if silence <= 1 { return progress.fps }
        return silence < 3 ? min(progress.fps, 1 / silence) : 0
    }

    func lastFrameAge(now: Int64) -> Int? {
        newestCapture.map { CaptureTime.ageMilliseconds($0, now: now) }
    }
}
