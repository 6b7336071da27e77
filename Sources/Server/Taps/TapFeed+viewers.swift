import NIOCore
import Synchronization
import WorkerLink

extension TapFeed {
    /// A picture no older than this is worth showing to a viewer who arrives, milliseconds.
    private static var freshness: Int { 500 }

    /// Fills in what the plan asks for where the viewer asks for nothing.
    func resolve(_ variant: Variant) -> Variant {
        var resolved = variant
        if variant.width == nil, variant.height == nil {
            (resolved.width, resolved.height) = (defaults.width, defaults.height)
        }
        resolved.quality = variant.quality ?? defaults.quality
        return resolved
    }

    /// Adds a viewer, who gets the newest picture at once.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func subscribe(
        _ viewer: any TapViewer, variant: Variant, fps: Double?, on loop: any EventLoop
    ) -> TapSubscription {
        let variant = resolve(variant)
        let rate = [fps, highestRate].compactMap(\.self).min()
        let subscription = TapSubscription(viewer: viewer, variant: variant, fps: rate) { [weak self] count in
            self?.skipped.wrappingAdd(UInt64(count), ordering: .relaxed)
        }
        var differs = false
        let (group, newest, instance, ended) = state.withLock { state in
            var newest = state.newest(for: variant, defaults: defaults)
            guard state.ended == nil else { return (ViewerGroup?.none, newest, state.instance, state.ended) }
            state.viewers += 1
            state.demand.add(variant, fps: rate)
            let isFresh = newest.map {
                $0.variant == variant && CaptureTime.ageMilliseconds($0.captured) <= Self.freshness
            }
            if state.instance.state == .running, isFresh != true {
                _ = state.demand.requestOnce(variant)
                newest = nil
            }
            differs = state.demandDiffers(tap: tap)
            var group = state.groups[ObjectIdentifier(loop)] ?? ViewerGroup(on: loop)
            group.counts[variant, default: 0] += 1
            state.groups[ObjectIdentifier(loop)] = group
            return (group, newest, state.instance, nil)
        }
        group?.viewers.value.add(subscription)
        if let newest { subscription.offer(newest) }
        if let ended {
            // It is the last one there is: it goes first, whether the socket is free or not.
            subscription.flush()
            viewer.ended(ended)
        } else if instance.state != .running {
            viewer.stateChanged(instance)
        }
        if differs { demandChanged() }
        return subscription
    }

    /// Removes a viewer; harmless when it is gone already.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func unsubscribe(_ subscription: TapSubscription, on loop: any EventLoop) {
        let (group, differs) = state.withLock { state in
            guard state.ended == nil, var group = state.groups[ObjectIdentifier(loop)],
                let count = group.counts[subscription.variant]
            else { return (ViewerGroup?.none, false) }
            group.counts[subscription.variant] = count > 1 ? count - 1 : nil
            state.groups[ObjectIdentifier(loop)] = group.counts.isEmpty ? nil : group
            state.viewers -= 1
            state.demand.remove(subscription.variant, fps: subscription.fps)
            state.forgetRequests(for: subscription.variant)
            return (group, state.demandDiffers(tap: tap))
        }
        group?.viewers.value.remove(subscription)
        if differs { demandChanged() }
    }
}
