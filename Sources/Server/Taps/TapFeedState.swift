import WorkerLink

/// What a feed's lock guards.
struct TapFeedState {
    var instance = InstanceStateChange(state: .starting)
    /// Its camera is left alone while nobody looks.
    var isOnDemand = false
    /// Why there will be no more frames.
    var ended: FailureReason?
    var counters = TapCounters()
    var demand = TapDemand()
    var variants = VariantNumbers()
    /// By variant and event loop.
    var lanes: [Variant: [ObjectIdentifier: LoopLane<LaneViewers>]] = [:]
    var viewers = 0
    var waiters: [UInt64: SnapshotWaiter] = [:]
    var lastWaiter: UInt64 = 0
    /// As told to the instance last.
    private(set) var wanted: [WantedVariant] = []
    /// The newest picture of each variant.
    private(set) var kept: [Variant: SharedFrame] = [:]

    /// Pictures kept of one tap: of each variant that viewers can have, of the plan's own, and
    /// detections.
    static let keptLimit = TapDemand.laneLimit + 2

    /// Whether the instance must be told of a new demand.
    mutating func demandDiffers(tap: String) -> Bool {
        let now = demand.wanted(tap: tap)
        defer { wanted = now }
        return now != wanted
    }

    var allLanes: [LoopLane<LaneViewers>] { lanes.values.flatMap(\.values) }

    /// How many pictures of a variant there were, as long as somebody has wanted it.
    func ordinal(_ variant: Variant) -> UInt64 { kept[variant]?.ordinal ?? 0 }

    /// Keeps the newest picture of each variant that is still wanted, and the plan's own view always.
    ///
    /// - Precondition: there is none of its variant that is newer.
    mutating func keep(_ frame: SharedFrame, defaults: Variant) {
        kept[frame.variant] = frame
        forgetUnwanted(defaults: defaults, except: frame.variant)
        while kept.count > Self.keptLimit,
            // What is watched stays: its viewers count by it.
            let oldest = kept.values
                .filter({ $0.variant != defaults && $0 !== frame && !demand.isWanted($0.variant) })
                .min(by: { $0.sequence < $1.sequence })
        {
            kept[oldest.variant] = nil
        }
    }

    private mutating func forgetUnwanted(defaults: Variant, except newest: Variant) {
        // With the newest in hand the unwanted ones are only older views of the same tap.
        for variant in kept.keys
        where variant != defaults && variant != newest && variant.content == newest.content
            && !demand.isWanted(variant)
        {
            kept[variant] = nil
        }
    }

    /// The picture to show when nothing newer can be had: the one asked for, else the plan's own, else any.
    ///
    /// - Parameter bound: what it must not be larger than.
    func newest(for variant: Variant, defaults: Variant, within bound: PictureBound? = nil) -> SharedFrame? {
        if let bound, variant.content == .picture {
            return kept[variant]
                ?? kept.values.filter { $0.variant.content == .picture && bound.holds($0.variant) }
                .max { $0.sequence < $1.sequence }
        }
        if let same = kept[variant] ?? (variant.content == .picture ? kept[defaults] : nil) { return same }
        return kept.values.filter { $0.variant.content == variant.content }.max { $0.sequence < $1.sequence }
    }

    /// Takes back what was asked once, when nobody is left who waits for it.
    mutating func forgetRequests(for variant: Variant) {
        if !demand.hasViewers(variant), !waiters.values.contains(where: { $0.variant == variant }) {
            demand.answered(variant)
        }
    }

    mutating func takeWaiters(
        for variant: Variant, answeredBy sequence: UInt64, once: UInt64
    ) -> [SnapshotWaiter] {
        guard !waiters.isEmpty else { return [] }
        let answered = waiters.filter {
            $0.value.variant == variant
                && ($0.value.after < sequence || !$0.value.isForNext && $0.value.once <= once)
        }
        for key in answered.keys { waiters[key] = nil }
        return Array(answered.values)
    }
}

/// A request for one picture, waiting for the worker.
struct SnapshotWaiter: Sendable {
    var variant: Variant
    var once: UInt64
    /// A picture with a higher number is an answer as well.
    var after: UInt64
    /// Only such a one is.
    var isForNext: Bool
    var continuation: CheckedContinuation<Void, Never>
}
