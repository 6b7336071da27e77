/// What tells things apart from frame to frame: the track, else a number of their own.
enum ThingKey: Hashable {
    case track(Int)
    case label(String)

    /// Nil for a thing that nothing tells from others.
    init?(_ detection: Detection) {
        if let track = detection.track {
            self = .track(track)
        } else if detection.id != nil {
            self = .label(detection.label)
        } else {
            return nil
        }
    }
}
