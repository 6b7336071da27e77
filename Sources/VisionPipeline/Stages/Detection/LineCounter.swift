import Plans

/// Who crosses one line, and which way.
///
/// Forward is from the left of the line to its right, seen from its first point to its second.
struct LineCounter {
    /// Which way a thing has crossed.
    enum Direction: String {
        case forward, backward
    }

    let zone: Zone
    /// How long the last place of a thing is remembered, seconds.
    var patience: Double
    private var last: [ThingKey: (point: Detection.Point, time: Double)] = [:]
    private var forward = 0
    private var backward = 0
    private var crossed = 0

    init(_ zone: Zone, patience: Double) {
        self.zone = zone
        self.patience = patience
    }

    /// - Parameter things: in shares of the picture.
    /// - Returns: for each thing `forward` or `backward` when it has crossed since the frame before.
    mutating func update(_ things: [(key: ThingKey, point: Detection.Point)], at now: Double) -> [Direction?] {
        crossed = 0
        last = last.filter { now - $0.value.time <= patience }
        return things.map { thing in
            defer {
                // A thing on the line itself has not made up its mind: the last place beside it stays.
                if side(thing.point) != 0 || last[thing.key] == nil { last[thing.key] = (thing.point, now) }
            }
            guard let from = last[thing.key]?.point, let way = crossing(from, thing.point) else { return nil }
            crossed += 1
            switch way {
            case .forward: forward += 1
            case .backward: backward += 1
            }
            return way
        }
    }

    /// `crossed` is of this frame, the others are all since the start.
    var data: [String: ParameterValue] {
        [
            "crossed": .integer(Int64(crossed)), "forward": .integer(Int64(forward)),
            "backward": .integer(Int64(backward)),
        ]
    }

    /// Negative to the left of the line, positive to its right.
    private func side(_ point: Detection.Point) -> Double {
        Self.turn(zone.points[0], zone.points[1], point)
    }

    /// Nil unless the way from one point to the other meets the line between its ends.
    private func crossing(_ from: Detection.Point, _ to: Detection.Point) -> Direction? {
        let (before, after) = (side(from), side(to))
        guard before * after < 0 else { return nil }
        let (first, second) = (Self.turn(from, to, zone.points[0]), Self.turn(from, to, zone.points[1]))
        guard first * second <= 0 else { return nil }
        return before < 0 ? .forward : .backward
    }

    /// Positive when the way from `a` over `b` to `c` turns clockwise, as the picture's y axis points down.
    private static func turn(_ a: Detection.Point, _ b: Detection.Point, _ c: Detection.Point) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
}
