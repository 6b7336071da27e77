/// A coded picture, as a `UnitLog` sees it.
package protocol LoggedUnit {
    /// Nothing before it is needed to decode it.
    var isKey: Bool { get }
    /// Bytes of it.
    var byteCount: Int { get }
    /// What its age is counted by: CLOCK_MONOTONIC, nanoseconds.
    var time: Int64 { get }
}

/// The newest access units of a video, in their order: each needs none but those before it, from the last keyframe on.
///
/// What is older, or more, than the limits allow leaves it from the front. Where that is a keyframe that nothing has followed yet,
/// nobody can begin before the next one comes.
package struct UnitLog<Unit: LoggedUnit> {
    private let byteLimit: Int
    private let timeLimit: Int64
    private let keepsBefore: Bool
    /// The oldest first.
    package private(set) var units: [Unit] = []
    /// Bytes of all of them.
    package private(set) var byteCount = 0
    /// Where the last keyframe is.
    private var key: Int?
    /// What comes next continues what there is.
    private var isSound = false

    /// - Parameters:
    ///   - byteLimit: bytes of all units together.
    ///   - timeLimit: of the oldest behind the newest, nanoseconds.
    ///   - keepsBefore: whether units before the last keyframe stay: for those who are still on their way through them.
    package init(byteLimit: Int = 8 << 20, timeLimit: Int64 = 10_000_000_000, keepsBefore: Bool = false) {
        (self.byteLimit, self.timeLimit, self.keepsBefore) = (byteLimit, timeLimit, keepsBefore)
    }

    /// What has to be decoded to show the newest picture; nothing where its keyframe is too far away.
    package var sinceKey: ArraySlice<Unit> { key.map { units[$0...] } ?? [] }

    /// Takes the next one; what nothing leads to is not kept.
    ///
    /// - Returns: what is no longer kept, to be released outside of any lock.
    package mutating func append(_ unit: Unit) -> [Unit] {
        guard unit.isKey || isSound else { return [] }
        let before = unit.isKey && !keepsBefore ? clear() : []
        if unit.isKey { key = units.count }
        isSound = true
        units.append(unit)
        byteCount += unit.byteCount
        let left = trim(to: unit.time)
        // Without a keyframe none of them is of use to who begins.
        return keepsBefore || key != nil ? before + left : before + left + clear()
    }

    private mutating func trim(to time: Int64) -> [Unit] {
        var count = 0
        while count < units.count, byteCount > byteLimit || time &- units[count].time > timeLimit {
            byteCount -= units[count].byteCount
            count += 1
        }
        guard count > 0 else { return [] }
        let left = Array(units[..<count])
        units.removeFirst(count)
        key = key.flatMap { $0 < count ? nil : $0 - count }
        return left
    }

    /// Something is missing from here on: what comes is of use from the next keyframe on only. Who is still on the way through what there
    /// is may go on with that.
    package mutating func breakOff() { (key, isSound) = (nil, false) }

    /// As `breakOff`, and nobody is on the way.
    ///
    /// - Returns: as `append`.
    package mutating func clear() -> [Unit] {
        defer { (units, byteCount, key, isSound) = ([], 0, nil, false) }
        return units
    }
}
