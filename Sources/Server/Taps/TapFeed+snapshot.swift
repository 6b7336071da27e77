import Synchronization
import WorkerLink

/// One picture for those who do not stay.
extension TapFeed {
    /// A picture this young is the newest there can be, milliseconds.
    private static let newestThereCanBe = 50
    /// How long a request for one picture waits for the worker, where nobody says.
    static let snapshotPatience = Duration.seconds(1)
    /// The same, where the camera has to be asked first.
    private static let wakingPatience = Duration.seconds(5)

    /// The newest picture: made now when a worker can make it, else the last one there was.
    ///
    /// Requests for the same variant that come while one is under way share its encode.
    /// - Parameters:
    ///   - limits: what whoever asks may have at most; the picture may be a larger one all the same, where there is no other.
    ///   - patience: how long to wait for the worker.
    /// - Throws: `no_picture` when there never was a picture.
    func snapshot(
        _ variant: Variant, within limits: ViewLimits = .none, patience: Duration = snapshotPatience
    ) async throws(ServiceError) -> SharedFrame {
        let variant = self.variant(for: variant, within: limits.bound)
        if let fresh = freshPicture(variant, limits) { return fresh }
        let isWaking = state.withLock { $0.isOnDemand && [.idle, .starting].contains($0.instance.state) }
        await picture(
            variant, isNext: false, isWaking ? max(patience, Self.wakingPatience) : patience, limits.bound)
        let (newest, instance) = state.withLock { ($0.newest(for: variant, defaults: defaults), $0.instance) }
        guard let newest else { throw .noPicture(tap: tap, instance: self.instance, state: instance) }
        return newest
    }

    /// The picture of the next frame that comes.
    ///
    /// - Throws: `no_picture` when none comes in time.
    func nextSnapshot(
        _ variant: Variant, within limits: ViewLimits = .none, patience: Duration
    ) async throws(ServiceError) -> SharedFrame {
        let asked = resolve(variant, within: limits.bound)
        if limits.maxFPS != nil, let fresh = freshPicture(asked, limits) { return fresh }
        let before = state.withLock { $0.counters.frameCount }
        // One watches, as viewers do, for so long.
        let variant =
            changeDemand { demand in
                // Chosen where it is added: others who ask meanwhile would find the same last place free.
                let variant = demand.canonical(asked, defaults: defaults, within: limits.bound)
                demand.add(variant, fps: nil, on: ObjectIdentifier(self))
                return variant
            } ?? asked
        await picture(variant, isNext: true, patience, limits.bound)
        changeDemand { $0.remove(variant, fps: nil, on: ObjectIdentifier(self)) }
        let (newest, instance) = state.withLock { ($0.kept[variant], $0.instance) }
        guard let newest, newest.sequence > before else {
            throw .noNewPicture(tap: tap, instance: self.instance, state: instance)
        }
        return newest
    }

    /// - Returns: what `change` does; nil, changing nothing, where the tap has ended.
    @discardableResult
    private func changeDemand<Result: Sendable>(_ change: (inout TapDemand) -> Result) -> Result? {
        let (result, differs) = state.withLock { state -> (Result?, Bool) in
            guard state.ended == nil else { return (nil, false) }
            let result = change(&state.demand)
            return (result, state.demandDiffers(tap: tap))
        }
        if differs { demandChanged() }
        return result
    }

    private func freshPicture(_ variant: Variant, _ limits: ViewLimits) -> SharedFrame? {
        let age = max(Self.newestThereCanBe, limits.maxFPS.map { Int(min(3_600_000, 1000 / max($0, 0.001))) } ?? 0)
        return state.withLock { state in
            guard let newest = state.kept[variant], CaptureTime.ageMilliseconds(newest.captured) <= age
            else { return nil }
            return newest
        }
    }

    /// Waits for a picture of this variant, or until it is certain or likely that none will come.
    private func picture(_ variant: Variant, isNext: Bool, _ patience: Duration, _ bound: PictureBound?) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        async let _ = expire(id, patience)
        await withCheckedContinuation { continuation in
            let (isWaiting, differs) = state.withLock { state in
                let mayCome: [InstanceState] =
                    [.idle, .starting, .running, .stalled] + (isNext ? [.retrying] : [])
                // Others may have asked for theirs meanwhile.
                let variant = state.demand.canonical(variant, defaults: defaults, within: bound)
                guard state.ended == nil, mayCome.contains(state.instance.state) else { return (false, false) }
                state.waiters[id] = SnapshotWaiter(
                    variant: variant, once: isNext ? 0 : state.demand.requestOnce(variant),
                    after: isNext ? state.counters.frameCount : state.kept[variant]?.sequence ?? 0, isForNext: isNext,
                    continuation: continuation)
                return (true, state.demandDiffers(tap: tap))
            }
            if differs { demandChanged() }
            if !isWaiting { continuation.resume() }
        }
        // Leaving this scope cancels the deadline and waits for it: it may be late, never lost.
    }

    /// Ends a wait that has taken too long; runs until it is cancelled.
    private func expire(_ id: UInt64, _ patience: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: patience)
            let (waiter, differs) = state.withLock { state -> (SnapshotWaiter?, Bool) in
                guard let waiter = state.waiters.removeValue(forKey: id) else { return (nil, false) }
                state.forgetRequests(for: waiter.variant)
                return (waiter, state.demandDiffers(tap: tap))
            }
            waiter?.continuation.resume()
            if differs { demandChanged() }
        }
    }
}
