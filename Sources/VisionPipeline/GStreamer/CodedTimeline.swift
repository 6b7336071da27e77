/// Makes times for a branch of those that buffers have which were cut off from a source: nobody has mended them before, and those of
/// coded video may come in another order than they are shown in.
///
/// No two pictures are shown at once, none has no time, none lies before the first, and a source whose clock jumps goes on
/// where it was: a muxer turns each of these into a film of another length, or ends over it.
struct CodedTimeline {
    struct Times: Hashable {
        var shown: Int64
        /// Nil where the source does not say, or says what cannot be.
        var decoded: Int64?
    }

    /// How the times of what comes stand to each other.
    enum Order {
        /// Pictures of a video, as they are decoded: each shown at a time of its own.
        case decoded
        /// Pictures that are whole by themselves: each later than the one before.
        case shown
        /// Sound and the rest: not before what came before.
        case other

        init(_ media: StreamCaps.Media) {
            switch media {
            case .video: self = .decoded
            case .pixels, .pictures: self = .shown
            case .sound, .other: self = .other
            }
        }
    }

    /// A step back or ahead of more than this against the clock is a source that began anew, nanoseconds.
    private static let jump: Int64 = 2_000_000_000
    /// How far apart pictures are kept, nanoseconds: still told apart in milliseconds.
    private static let least: Int64 = 1_000_000
    /// No time is later, so that some can be added to it.
    private static let latest: Int64 = .max / 2

    private let isLive: Bool
    private let order: Order
    private let start: BranchStart
    /// What is taken from a time of the source's.
    private var offset: Int64?
    private var usesCapture = false
    /// What has been given last, to compare with: more than pictures that wait for others to be decoded.
    private var recent = History<Int64>(capacity: 32)
    /// The newest of what is not compared with any more. No picture that waits for others is as early.
    private var forgotten: Int64?
    private var newest: Int64 = 0
    private var captured: Int64 = 0
    /// Where the first picture is. What is shown before, and comes at once behind it, cannot be decoded.
    private var first: Int64 = 0
    /// For the mean distance: from here so many have come.
    private var mean: (from: Int64, count: Int64) = (0, 0)
    private var lastDecoded: Int64?
    private var givesDecoded = true

    init(isLive: Bool, order: Order, start: BranchStart) {
        self.isLive = isLive
        self.order = order
        self.start = start
    }

    /// The usual distance, nanoseconds.
    private var step: Int64 {
        mean.count >= 4 && newest > mean.from ? max((newest &- mean.from) / mean.count, Self.least) : 33_000_000
    }

    /// - Parameter isWhole: the buffer is a whole picture, or else one of several that are shown at the same time.
    /// - Returns: nil for what is before the branch's beginning.
    mutating func times(of buffer: InletBuffer, isWhole: Bool) -> Times? {
        let isFirst = offset == nil
        if isFirst { usesCapture = buffer.shown == nil && buffer.decoded == nil }
        let instant = usesCapture ? buffer.captured : buffer.shown ?? (order == .decoded ? nil : buffer.decoded)
        let earliest = min(instant ?? buffer.captured, buffer.decoded ?? .max)
        let zero =
            offset
            ?? start.origin(
                for: earliest, at: buffer.instant.map { $0 &- max((instant ?? earliest) &- earliest, 0) })
        offset = zero
        var time = instant.map { $0 &- zero } ?? (isFirst ? 0 : newest &+ (buffer.interval ?? step))
        if isFirst {
            // Sound that was on its way before the first picture.
            guard time >= 0 || order != .other else {
                offset = nil
                return nil
            }
            first = time
            mean = (max(time, 0), 0)
        } else if isBeyond(time, buffer, isWhole: isWhole) {
            let passed = max(buffer.captured &- captured, 0)
            let anew = newest &+ (isLive && passed > 0 ? max(passed, Self.least) : step)
            offset = zero &+ (time &- anew)
            time = anew
            givesDecoded = false
            mean = (anew, 0)
        } else if time < first, order != .shown {
            return nil
        }
        time = placed(min(max(time, 0), Self.latest), isFirst: isFirst, isWhole: isWhole)
        if let left = recent.append(time) { forgotten = max(left, forgotten ?? left) }
        mean.count &+= 1
        newest = isFirst ? time : max(newest, time)
        captured = buffer.captured
        return Times(shown: time, decoded: decoded(buffer, shownAt: time))
    }

    /// The source's clock has been set.
    private func isBeyond(_ time: Int64, _ buffer: InletBuffer, isWhole: Bool) -> Bool {
        if time < newest &- Self.jump { return true }
        if order == .decoded, isWhole {
            if let forgotten, time &- forgotten < Self.least { return true }
            if time < first, newest > max(first, 0) { return true }
        }
        // A live source cannot be further ahead than the clock has gone.
        return isLive && time > newest &+ max(buffer.captured &- captured, 0) &+ Self.jump
    }

    /// Where no other is, in the order that is due.
    private func placed(_ time: Int64, isFirst: Bool, isWhole: Bool) -> Int64 {
        switch order {
        case .decoded where isWhole:
            var free = time
            while isTaken(free) { free = free &+ Self.least }
            return free
        case .shown where !isFirst: return time > newest ? time : newest &+ Self.least
        case .other where !isFirst: return max(time, newest)
        case .decoded, .shown, .other: return time
        }
    }

    private func isTaken(_ time: Int64) -> Bool {
        recent.elements.contains { ($0 &- time).magnitude < UInt64(Self.least) }
    }

    /// Times to decode at rise, and are not behind those to show at. Once a source has been wrong about one, none is taken
    /// from it: a muxer is better off without any than with some.
    private mutating func decoded(_ buffer: InletBuffer, shownAt shown: Int64) -> Int64? {
        guard givesDecoded, order == .decoded, let offset, let given = buffer.decoded else { return nil }
        let time = given &- offset
        guard time >= 0, time <= shown, lastDecoded.map({ time > $0 }) ?? true else {
            givesDecoded = false
            return nil
        }
        lastDecoded = time
        return time
    }
}
