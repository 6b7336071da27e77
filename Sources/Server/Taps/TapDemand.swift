import WorkerLink

/// Who wants which variant of one tap, and how often; pure.
///
/// A tap has at most `laneLimit` variants, whatever viewers ask for: exactly what was asked while there is room, then
/// the next larger of those that there are.
struct TapDemand {
    private struct Lane {
        /// Viewers who want every frame.
        var everyFrame = 0
        /// Viewers by the rate they want, frames per second.
        var limited: [Double: Int] = [:]
        /// What the viewers of each event loop can take, where that is less than they want.
        var taken: [ObjectIdentifier: Double] = [:]
        var loops: [ObjectIdentifier: Int] = [:]
        var once: UInt64 = 0
        var answered: UInt64 = 0

        var hasViewers: Bool { everyFrame > 0 || !limited.isEmpty }
        var isWanted: Bool { hasViewers || once > answered }

        /// Nil: every frame.
        var rate: Double? {
            let asked = everyFrame > 0 ? nil : limited.keys.max() ?? 0
            guard !loops.isEmpty, taken.count == loops.count, let most = taken.values.max() else { return asked }
            return min(asked ?? most, most)
        }
    }

    /// Variants of a tap's pictures. Each is encoded, crosses the link and is copied, whoever asks for how many.
    static let laneLimit = 8

    private var lanes: [Variant: Lane] = [:]
    private var lastOnce: UInt64 = 0

    /// The variant that somebody gets who asks for this one: it, or the smallest that there is which is no smaller, or
    /// else the plan's own.
    ///
    /// - Parameters:
    ///   - defaults: the plan's own, which there is always room for: nobody's eight small ones keep others from it. Only
    ///     where those of plans before it are still watched it may have to stand behind them.
    ///   - bound: what it must not be larger than; there is always room for that, too.
    func canonical(_ variant: Variant, defaults: Variant, within bound: PictureBound? = nil) -> Variant {
        guard variant.content == .picture, lanes[variant] == nil else { return variant }
        var pictures = lanes.keys.filter { $0.content == .picture }
        let isFull = pictures.count >= Self.laneLimit
        let others = pictures.count { $0 != defaults }
        guard isFull || variant != defaults && others >= Self.laneLimit - 1 else { return variant }
        if let bound {
            let fitting = pictures.filter { $0.covers(variant) && bound.holds($0) }
            return fitting.min { $0.extent < $1.extent } ?? bound.variant(defaults.quality)
        }
        if !isFull, others == pictures.count { pictures.append(defaults) }
        let largest = pictures.contains(defaults) ? defaults : pictures.max { $0.extent < $1.extent }
        return pictures.filter { $0.covers(variant) }.min { $0.extent < $1.extent } ?? largest ?? variant
    }

    func isWanted(_ variant: Variant) -> Bool { lanes[variant] != nil }

    /// Somebody wants anything of the tap's frames, and whether pictures are among that.
    var isWanted: (anything: Bool, pictures: Bool) {
        let wanted = lanes.filter(\.value.isWanted)
        return (!wanted.isEmpty, wanted.keys.contains { $0.content == .picture })
    }

    /// The highest rate of a variant's viewers; nil means every frame.
    func rate(_ variant: Variant) -> Double? { lanes[variant, default: Lane()].rate }

    /// - Parameter loop: the viewer's event loop.
    mutating func add(_ variant: Variant, fps: Double?, on loop: ObjectIdentifier) {
        if let fps {
            lanes[variant, default: Lane()].limited[fps, default: 0] += 1
        } else {
            lanes[variant, default: Lane()].everyFrame += 1
        }
        lanes[variant]?.loops[loop, default: 0] += 1
    }

    mutating func remove(_ variant: Variant, fps: Double?, on loop: ObjectIdentifier) {
        guard var lane = lanes[variant] else { return }
        if let fps {
            let count = lane.limited[fps, default: 0] - 1
            lane.limited[fps] = count > 0 ? count : nil
        } else {
            lane.everyFrame = max(0, lane.everyFrame - 1)
        }
        let left = lane.loops[loop, default: 0] - 1
        lane.loops[loop] = left > 0 ? left : nil
        if left <= 0 { lane.taken[loop] = nil }
        lanes[variant] = lane.isWanted ? lane : nil
    }

    /// What the fastest viewer on a loop can take, frames per second; nil: every frame.
    mutating func limit(_ variant: Variant, to rate: Double?, on loop: ObjectIdentifier) {
        guard lanes[variant]?.loops[loop] != nil else { return }
        lanes[variant]?.taken[loop] = rate
    }

    mutating func removeAll() { lanes = [:] }

    /// Asks for one picture. Requests that come before the answer share it.
    ///
    /// - Returns: the number that the answer will have, or a higher one.
    mutating func requestOnce(_ variant: Variant) -> UInt64 {
        var lane = lanes[variant, default: Lane()]
        if lane.once <= lane.answered {
            lastOnce += 1
            lane.once = lastOnce
            lanes[variant] = lane
        }
        return lane.once
    }

    /// A picture of this variant has come, or nobody waits for one any more.
    ///
    /// - Returns: whether anybody had.
    @discardableResult
    mutating func answered(_ variant: Variant) -> Bool {
        guard var lane = lanes[variant], lane.once > lane.answered else { return false }
        lane.answered = lane.once
        lanes[variant] = lane.isWanted ? lane : nil
        return true
    }

    func hasViewers(_ variant: Variant) -> Bool { lanes[variant]?.hasViewers ?? false }

    /// In a fixed order, so that equal demands are equal values.
    func wanted(tap: String) -> [WantedVariant] {
        lanes.map { WantedVariant(tap: tap, variant: $0.key, stream: $0.value.rate, once: $0.value.once) }
            .sorted { $0.variant.order < $1.variant.order }
    }
}

extension Variant {
    fileprivate var order: (Int, Int, Int, Int) {
        (content == .picture ? 0 : 1, width ?? 0, height ?? 0, quality ?? 0)
    }

    /// For comparing sizes: the box's sides and the quality; what is left open is as large as it gets.
    fileprivate var extent: (Int, Int, Int) { (width ?? .max, height ?? .max, quality ?? .max) }

    /// Whether a picture of this variant is at least as large and good as one of the other.
    fileprivate func covers(_ other: Variant) -> Bool {
        let (mine, its) = (extent, other.extent)
        return mine.0 >= its.0 && mine.1 >= its.1 && mine.2 >= its.2
    }
}
