import NIOCore
import Synchronization
import WorkerLink

/// Those who watch, and what the worker is asked for on their behalf.
extension TapFeed {
    /// A picture no older than this is worth showing to a viewer who arrives, milliseconds.
    private static let worthShowing = 500

    /// Adds a viewer, who gets the newest picture at once.
    ///
    /// - Parameter limits: what the viewer may have at most.
    /// - Precondition: called on `loop`, the viewer's own.
    func subscribe(
        _ viewer: any TapSubscriber, variant: Variant, fps: Double?, within limits: ViewLimits = .none,
        on loop: any EventLoop
    ) -> TapSubscription {
        let asked = resolve(variant, within: limits.bound)
        let rate = [fps, highestRate, limits.maxFPS].compactMap(\.self).min()
        let (arrival, differs) = state.withLock { state in
            let variant = state.demand.canonical(asked, defaults: defaults, within: limits.bound)
            var arrival = Arrival(
                variant: variant, ordinal: state.ordinal(variant),
                newest: state.newest(for: variant, defaults: defaults, within: limits.bound), instance: state.instance,
                ended: state.ended)
            guard state.ended == nil else { return (arrival, false) }
            state.viewers += 1
            state.demand.add(variant, fps: rate, on: ObjectIdentifier(loop))
            let isFresh = arrival.newest.map {
                $0.variant == variant && CaptureTime.ageMilliseconds($0.captured) <= Self.worthShowing
            }
            if state.instance.state == .running, isFresh != true {
                _ = state.demand.requestOnce(variant)
                arrival.newest = nil
            }
            arrival.lane = lane(variant, on: loop, of: &state)
            return (arrival, state.demandDiffers(tap: tap))
        }
        let subscription = TapSubscription(
            subscriber: viewer, variant: arrival.variant, fps: rate, after: arrival.ordinal, numbers: viewerNumbers)
        arrival.lane?.audience.add(subscription)
        if let newest = arrival.newest { subscription.begin(with: newest) }
        if let ended = arrival.ended {
            // It is the last one there is: it goes first, whether the socket is free or not.
            subscription.flush()
            viewer.ended(ended)
            subscription.close()
        } else if arrival.instance.state != .running {
            viewer.stateChanged(arrival.instance)
        }
        if differs { demandChanged() }
        viewersChanged()
        return subscription
    }

    /// Adds a viewer of the video as its camera sends it, who begins with the last keyframe.
    ///
    /// - Parameter patience: how old what it is sent may be, where there is a keyframe behind it, nanoseconds.
    /// - Precondition: called on `loop`, the viewer's own.
    func subscribe(
        video viewer: any VideoSubscriber, patience: Int64, on loop: any EventLoop
    ) -> VideoSubscription {
        let subscription = video.watch(viewer, patience: patience, numbers: viewerNumbers, on: loop)
        let (instance, ended) = state.withLock { ($0.instance, $0.ended) }
        if let ended {
            subscription.end(ended)
        } else if instance.state != .running {
            viewer.stateChanged(instance)
        }
        viewersChanged()
        return subscription
    }

    /// Removes a viewer of the video; harmless when it is gone already.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func unsubscribe(_ subscription: VideoSubscription, on loop: any EventLoop) {
        if video.leave(subscription, on: loop) { viewersChanged() }
    }

    /// What somebody finds who begins to watch.
    private struct Arrival {
        var variant: Variant
        var ordinal: UInt64
        var newest: SharedFrame?
        var instance: InstanceStateChange
        var ended: FailureReason?
        var lane: LoopLane<LaneViewers>?
    }

    private func lane(
        _ variant: Variant, on loop: any EventLoop, of state: inout TapFeedState
    ) -> LoopLane<LaneViewers> {
        if let lane = state.lanes[variant]?[ObjectIdentifier(loop)] { return lane }
        let viewers = LaneViewers(numbers: viewerNumbers) { [weak self] rate in
            self?.limit(variant, to: rate, on: loop)
        }
        let lane = LoopLane(viewers, on: loop)
        state.lanes[variant, default: [:]][ObjectIdentifier(loop)] = lane
        return lane
    }

    private func limit(_ variant: Variant, to rate: Double?, on loop: any EventLoop) {
        let differs = state.withLock { state in
            state.demand.limit(variant, to: rate, on: ObjectIdentifier(loop))
            return state.demandDiffers(tap: tap)
        }
        if differs { demandChanged() }
    }

    /// Removes a viewer; harmless when it is gone already.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func unsubscribe(_ subscription: TapSubscription, on loop: any EventLoop) {
        let variant = subscription.variant
        let (lane, last) = state.withLock { ($0.lanes[variant]?[ObjectIdentifier(loop)], $0.ordinal(variant)) }
        // One that has ended is in no lane any more.
        let wasThere = lane?.audience.remove(subscription) == true
        subscription.leave(after: last)
        guard let lane, wasThere else { return }
        let differs = state.withLock { state in
            guard state.ended == nil else { return false }
            if lane.audience.isEmpty {
                state.lanes[variant]?[ObjectIdentifier(loop)] = nil
                if state.lanes[variant]?.isEmpty == true { state.lanes[variant] = nil }
            }
            state.viewers -= 1
            state.demand.remove(variant, fps: subscription.fps, on: ObjectIdentifier(loop))
            state.forgetRequests(for: variant)
            return state.demandDiffers(tap: tap)
        }
        if differs { demandChanged() }
        viewersChanged()
    }

    /// The newest picture of a variant, or what there is instead.
    func newest(for variant: Variant, within bound: PictureBound? = nil) -> SharedFrame? {
        state.withLock { $0.newest(for: variant, defaults: defaults, within: bound) }
    }

    /// What is encoded for somebody who asks for this just now.
    func variant(for asked: Variant, within bound: PictureBound? = nil) -> Variant {
        let resolved = resolve(asked, within: bound)
        return state.withLock { $0.demand.canonical(resolved, defaults: defaults, within: bound) }
    }

    /// Fills in what the plan asks for where the viewer asks for nothing.
    func resolve(_ variant: Variant, within bound: PictureBound? = nil) -> Variant {
        guard variant.content == .picture else { return variant }
        var resolved = variant
        if variant.width == nil, variant.height == nil {
            (resolved.width, resolved.height) = (defaults.width, defaults.height)
        }
        resolved.quality = variant.quality ?? defaults.quality
        return bound?.fitting(resolved) ?? resolved
    }
}
