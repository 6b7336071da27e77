/// The newest access units of a video, from its last keyframe on: what has to be decoded to show the newest picture.
///
/// Where the next keyframe is too far away for that, nothing is kept before it comes.
struct UnitRing {
    /// Bytes of all units together.
    let byteLimit: Int
    /// How long a keyframe is kept, nanoseconds.
    let timeLimit: Int64
    private(set) var units: [AccessUnit] = []
    private(set) var byteCount = 0

    init(byteLimit: Int = 8 << 20, timeLimit: Int64 = 10_000_000_000) {
        (self.byteLimit, self.timeLimit) = (byteLimit, timeLimit)
    }

    /// - Returns: what is no longer needed, to be released outside of any lock.
    mutating func append(_ unit: AccessUnit) -> [AccessUnit] {
        if unit.isKey {
            let before = clear()
            keep(unit)
            return before
        }
        guard let key = units.first else { return [] }
        guard byteCount + unit.byteCount <= byteLimit, unit.arrival &- key.arrival <= timeLimit else { return clear() }
        keep(unit)
        return []
    }

    private mutating func keep(_ unit: AccessUnit) {
        units.append(unit)
        byteCount += unit.byteCount
    }

    /// Something is missing from here on: nothing is of use before the next keyframe.
    mutating func clear() -> [AccessUnit] {
        defer { (units, byteCount) = ([], 0) }
        return units
    }
}
