import Plans
import WorkerLink

/// Gives each thing that was found a number, the same one in every frame that shows it.
struct TrackStage: Stage {
    static let description = StageDescription(
        name: "track",
        summary: "Gives what was found the same number in every frame, so that paths and stays can be told.",
        oneAtATime: "it follows things from frame to frame",
        learns: true,
        options: [
            StageOptionDescription(
                name: "overlap", type: .number, default: .number(0.2), minimum: 0, maximum: 1,
                summary: "How much of a thing must lie where it is expected, as intersection over union."),
            StageOptionDescription(
                name: "patience_seconds", type: .number, default: .number(1), minimum: 0, maximum: 3600,
                summary: "How long a thing that is not seen keeps its number."),
        ])

    private var tracker: BoxTracker

    init(options: StageOptions) {
        tracker = BoxTracker(
            overlap: options.number("overlap") ?? 0.2, patience: options.number("patience_seconds") ?? 1)
    }

    mutating func adopt(_ former: TrackStage) {
        let (overlap, patience) = (tracker.overlap, tracker.patience)
        tracker = former.tracker
        tracker.overlap = overlap
        tracker.patience = patience
    }

    mutating func process(_ frame: Frame) throws -> Frame? {
        // A compressed frame has passed no stage that finds anything.
        guard frame.format != .jpeg else { throw StageError.format(frame.format, in: "track") }
        var detections = frame.detections ?? []
        let things = detections.indices.filter { detections[$0].kind.isThing }
        let found = tracker.update(things.map { detections[$0] }, at: frame.seconds)
        for (index, track) in zip(things, found) {
            guard let track else { continue }
            detections[index].track = track.number
            detections[index].data["track_seconds"] = .number(track.age)
        }
        return frame.with(detections: detections)
    }
}
