import Plans

/// Who is in one zone, since when, and how many came and went.
struct ZoneCounter {
    let zone: Zone
    /// How long a thing that is not seen still counts as inside, seconds.
    var patience: Double
    private var inside: [ThingKey: Stay] = [:]
    private var entries = 0
    private var exits = 0
    private var entered = 0
    private var left = 0
    private var longestStay = 0.0

    private struct Stay {
        var since: Double
        var seen: Double
    }

    init(_ zone: Zone, patience: Double) {
        self.zone = zone
        self.patience = patience
    }

    /// Takes in where things are.
    ///
    /// - Parameter things: in shares of the picture.
    /// - Returns: for each thing how long it has been inside, seconds; nil for one that is not.
    mutating func update(_ things: [(key: ThingKey, point: Detection.Point)], at now: Double) -> [Double?] {
        (entered, left) = (0, 0)
        var stays: [Double?] = []
        for thing in things {
            guard zone.polygon.contains(thing.point) else {
                if let stay = inside.removeValue(forKey: thing.key) { leave(stay, at: now) }
                stays.append(nil)
                continue
            }
            if inside[thing.key] == nil {
                entered += 1
                entries += 1
            }
            let since = inside[thing.key]?.since ?? now
            inside[thing.key] = Stay(since: since, seen: now)
            stays.append(now - since)
        }
        for (key, stay) in inside where now - stay.seen > patience {
            inside[key] = nil
            leave(stay, at: stay.seen)
        }
        return stays
    }

    private mutating func leave(_ stay: Stay, at time: Double) {
        left += 1
        exits += 1
        longestStay = max(longestStay, time - stay.since)
    }

    /// `entered` and `left` are those of this frame, `entries` and `exits` all since the start.
    func data(at now: Double) -> [String: ParameterValue] {
        let dwell = inside.values.map { now - $0.since }.max() ?? 0
        return [
            "count": .integer(Int64(inside.count)), "entered": .integer(Int64(entered)), "left": .integer(Int64(left)),
            "entries": .integer(Int64(entries)), "exits": .integer(Int64(exits)), "dwell_seconds": .number(dwell),
            "longest_stay_seconds": .number(max(longestStay, dwell)),
        ]
    }
}
