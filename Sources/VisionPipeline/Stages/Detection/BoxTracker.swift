/// Follows things from frame to frame: where each should be by now, at a constant velocity, and which box lies there.
struct BoxTracker {
    /// Intersection over union that a box and a prediction need.
    var overlap: Double
    /// How long a thing that is not seen is waited for, seconds.
    var patience: Double
    private var tracks: [Track] = []
    private var nextNumber = 1

    /// More than a picture has any use for; what comes beyond is not followed.
    private static let mostTracks = 512

    /// A thing that is followed.
    private struct Track {
        let number: Int
        let born: Double
        var kind: Detection.Kind
        /// Things with a number of their own, as tags have, are only taken for the same when it is the same.
        var identity: String?
        var box: Detection.Box
        /// Pixels a second.
        var velocity = SIMD2(0.0, 0)
        var seen: Double
        var sightings = 1

        func predicted(at time: Double) -> Detection.Box {
            var box = box
            box.x += velocity.x * (time - seen)
            box.y += velocity.y * (time - seen)
            return box
        }

        func fits(_ detection: Detection) -> Bool {
            kind == detection.kind && identity == detection.identity
        }

        mutating func update(_ box: Detection.Box, at time: Double) {
            let elapsed = time - seen
            if elapsed > 0 {
                let (old, new) = (self.box.center, box.center)
                let measured = SIMD2(new.x - old.x, new.y - old.y) / elapsed
                // The first difference is all that is known; later ones are smoothed against jitter.
                velocity = sightings == 1 ? measured : velocity * 0.5 + measured * 0.5
            }
            self.box = box
            seen = time
            sightings += 1
        }
    }

    init(overlap: Double = 0.2, patience: Double = 1) {
        self.overlap = overlap
        self.patience = patience
    }

    /// The number and age in seconds of each detection's thing; nil for one that is not followed.
    ///
    /// - Parameter now: seconds, later each time.
    mutating func update(_ detections: [Detection], at now: Double) -> [(number: Int, age: Double)?] {
        tracks.removeAll { now - $0.seen > patience }
        var found = [(number: Int, age: Double)?](repeating: nil, count: detections.count)
        var isTaken = [Bool](repeating: false, count: tracks.count)
        for pair in pairs(detections, at: now) where !isTaken[pair.track] && found[pair.detection] == nil {
            isTaken[pair.track] = true
            tracks[pair.track].update(detections[pair.detection].box, at: now)
            found[pair.detection] = (tracks[pair.track].number, now - tracks[pair.track].born)
        }
        for (index, detection) in detections.enumerated() where found[index] == nil {
            guard tracks.count < Self.mostTracks else { break }
            tracks.append(
                Track(
                    number: nextNumber, born: now, kind: detection.kind, identity: detection.identity,
                    box: detection.box, seen: now))
            found[index] = (nextNumber, 0)
            nextNumber += 1
        }
        return found
    }

    /// Who could be whom, the likeliest first.
    private func pairs(_ detections: [Detection], at now: Double) -> [(track: Int, detection: Int, score: Double)] {
        var pairs: [(track: Int, detection: Int, score: Double)] = []
        for (trackIndex, track) in tracks.enumerated() {
            let predicted = track.predicted(at: now)
            for (index, detection) in detections.enumerated() where track.fits(detection) {
                let shared = predicted.overlap(detection.box)
                if shared >= overlap, shared > 0 {
                    pairs.append((trackIndex, index, 1 + shared))
                } else if let nearness = nearness(predicted, detection) {
                    pairs.append((trackIndex, index, nearness))
                }
            }
        }
        return pairs.sorted { ($0.score, $1.track, $1.detection) > ($1.score, $0.track, $0.detection) }
    }

    /// 0…1 for boxes that do not touch: something small and fast may have left its prediction. Nil beyond reach, which
    /// is one size of the thing, or any distance for one with a number of its own.
    private func nearness(_ predicted: Detection.Box, _ detection: Detection) -> Double? {
        let (a, b) = (predicted.center, detection.box.center)
        let distance = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
        let reach = max(predicted.width, predicted.height, detection.box.width, detection.box.height, 1)
        guard distance.isFinite, distance <= reach || detection.identity != nil else { return nil }
        return 1 / (1 + distance / reach)
    }
}

extension Detection {
    /// What makes it known among its kind; nil where nothing does.
    fileprivate var identity: String? { id == nil ? nil : label }
}
