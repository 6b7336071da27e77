import Synchronization
import WorkerLink

/// One picture for those who do not stay.
extension TapFeed {
    /// A picture this young is the newest there can be, milliseconds.
    private static let newestThereCanBe = 50
    /// How long a request for one picture waits for the worker.
    private static let snapshotDeadline = Duration.seconds(1)

    /// The newest picture: made now when a worker can make it, else the last one there was.
    ///
    /// Requests for the same variant that come while one is under way share its encode.
    /// - Throws: `no_picture` when there never was a picture.
    func snapshot(_ variant: Variant) async throws(ServiceError) -> SharedFrame {
        let variant = self.variant(for: variant)
        if let fresh = freshPicture(variant) { return fresh }
        await nextPicture(variant)
        let (newest, instance) = state.withLock { ($0.newest(for: variant, defaults: defaults), $0.instance) }
        guard let newest else { throw .noPicture(tap: tap, instance: self.instance, state: instance) }
        return newest
    }

    private func freshPicture(_ variant: Variant) -> SharedFrame? {
        state.withLock { state in
            guard let newest = state.kept[variant],
                CaptureTime.ageMilliseconds(newest.captured) <= Self.newestThereCanBe
            else { return nil }
            return newest
        }
    }

    /// Waits for a picture of this variant, or until it is certain or likely that none will come.
    private func nextPicture(_ variant: Variant) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        async let _ = expire(id)
        await withCheckedContinuation { continuation in
            let (isWaiting, differs) = state.withLock { state in
                guard state.ended == nil, [.starting, .running, .stalled].contains(state.instance.state) else {
                    return (false, false)
                }
                state.waiters[id] = SnapshotWaiter(
                    variant: variant, once: state.demand.requestOnce(variant),
                    after: state.kept[variant]?.sequence ?? 0, continuation: continuation)
                return (true, state.demandDiffers(tap: tap))
            }
            if differs { demandChanged() }
            if !isWaiting { continuation.resume() }
        }
        // Leaving this scope cancels the deadline and waits for it: it may be late, never lost.
    }

    /// Ends a wait that has taken too long; runs until it is cancelled.
    private func expire(_ id: UInt64) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.snapshotDeadline)
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
