import WorkerLink

/// Who wants which variant of one tap, and how often; pure.
struct TapDemand {
    private struct Lane {
        /// Viewers who want every frame.
        var everyFrame = 0
        /// Viewers by the rate they want, frames per second.
        var limited: [Double: Int] = [:]
        var once: UInt64 = 0
        var answered: UInt64 = 0

        var hasViewers: Bool { everyFrame > 0 || !limited.isEmpty }
        var isWanted: Bool { hasViewers || once > answered }
        /// Nil: every frame.
        var rate: Double? { everyFrame > 0 ? nil : limited.keys.max() ?? 0 }
    }

    private var lanes: [Variant: Lane] = [:]
    private var lastOnce: UInt64 = 0

    func isWanted(_ variant: Variant) -> Bool { lanes[variant] != nil }

    /// The highest rate of a variant's viewers; nil means every frame.
    func rate(_ variant: Variant) -> Double? { lanes[variant, default: Lane()].rate }

    mutating func add(_ variant: Variant, fps: Double?) {
        if let fps {
            lanes[variant, default: Lane()].limited[fps, default: 0] += 1
        } else {
            lanes[variant, default: Lane()].everyFrame += 1
        }
    }

    mutating func remove(_ variant: Variant, fps: Double?) {
        guard var lane = lanes[variant] else { return }
        if let fps {
            let count = lane.limited[fps, default: 0] - 1
            lane.limited[fps] = count > 0 ? count : nil
        } else {
            lane.everyFrame = max(0, lane.everyFrame - 1)
        }
        lanes[variant] = lane.isWanted ? lane : nil
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
    mutating func answered(_ variant: Variant) {
        guard var lane = lanes[variant] else { return }
        lane.answered = lane.once
        lanes[variant] = lane.isWanted ? lane : nil
    }

    func hasViewers(_ variant: Variant) -> Bool { lanes[variant]?.hasViewers ?? false }

    /// In a fixed order, so that equal demands are equal values.
    func wanted(tap: String) -> [WantedVariant] {
        lanes.map { WantedVariant(tap: tap, variant: $0.key, stream: $0.value.rate, once: $0.value.once) }
            .sorted { $0.variant.order < $1.variant.order }
    }
}

extension Variant {
    fileprivate var order: (Int, Int, Int) { (width ?? 0, height ?? 0, quality ?? 0) }
}
