import Dispatch
import WorkerLink

/// A tap's state as a value: the newest frame, the counts, and the lanes with what is asked of them.
///
/// It decides who gets which frame in which order, and does nothing itself: `StreamTap` keeps it behind a lock, encodes and
/// delivers what it decides. Times are nanoseconds and come from outside, so that a test turns the clock.
struct TapState {
    /// Lanes of exactly the size asked for; who comes later gets the next larger one.
    private static let exactLanes = 8
    /// How long a lane is kept after the last demand.
    static let linger: Int64 = 2_000_000_000
    /// `once` numbers that have been answered are remembered beyond the present demand up to this many.
    private static let rememberedAnswers = 64

    private let tap: String
    private let defaults: Variant
    private let highestRate: Double

    /// Nil, too, where frames are made only while somebody wants them, and nobody does.
    private(set) var newest: Frame?
    /// Of the newest picture that was not decoded.
    private var codedSize: PictureSize?
    private(set) var frames: UInt64 = 0
    private var lastFrame: Int64?
    private var meter = RateMeter()
    private var detections: DetectionCounter?
    var lanes: [Lane] = []
    private var nextLane = 0
    var encoded: UInt64 = 0
    var dropped: UInt64 = 0
    var answered: [Variant: UInt64] = [:]

    init(tap: String, defaults: Variant, fps: Double?) {
        self.tap = tap
        self.defaults = defaults
        highestRate = fps.map { $0 > 0 ? $0 : .infinity } ?? .infinity
    }

    /// - Parameter idle: encoder threads that have nothing to do.
    /// - Returns: the frame before, to be released outside the lock, and the lanes to queue.
    mutating func offer(_ frame: Frame, at now: Int64, idle: Int = 0) -> (previous: Frame?, lanes: [Int]) {
        let previous = newest
        newest = frame
        frames += 1
        lastFrame = now
        meter.note(now)
        // What a damaged picture shows is not counted: it is what was seen before, or made up.
        if let found = frame.detections, !frame.isDamaged {
            if detections == nil { detections = DetectionCounter() }
            detections?.count(found, captured: frame.captured)
        }
        guard !lanes.isEmpty else { return (previous, []) }
        var due: [Int] = []
        let interval = meter.lastInterval
        for index in lanes.indices {
            let rate = lanes[index].rate
            if rate > 0, lanes[index].limit.takes(now, rate: min(rate, highestRate), sourceInterval: interval) {
                if lanes[index].hasPending { dropped += 1 }
                lanes[index].hasPending = true
            }
            if activate(index, at: now, idle: idle - due.count) { due.append(lanes[index].id) }
        }
        removeIdleLanes(at: now)
        return (previous, due)
    }

    /// A picture has come that nobody wants, so that it was not even decoded.
    mutating func pass(at now: Int64, size: PictureSize) {
        frames += 1
        lastFrame = now
        codedSize = size
        meter.note(now)
        removeIdleLanes(at: now)
    }

    /// - Returns: what is forgotten, to be released outside the lock.
    mutating func forgetNewest() -> Frame? { newest.take() }

    /// - Returns: the lanes to queue.
    mutating func demand(_ wanted: [WantedVariant], at now: Int64) -> [Int] {
        var known: [Variant: Lane.Request] = [:]
        for index in lanes.indices {
            for request in lanes[index].requests { known[request.variant] = request }
            lanes[index].requests = []
        }
        let requests = merged(wanted, known: known)
        if answered.count > Self.rememberedAnswers {
            let asked = Set(wanted.map(\.variant))
            answered = answered.filter { asked.contains($0.key) }
        }
        // Those that have their lane go first, so that none of it is taken from them.
        let existing = Set(lanes.map(\.variant))
        for request in requests where existing.contains(filled(request.variant)) { assign(request) }
        for request in requests where !existing.contains(filled(request.variant)) { assign(request) }
        var due: [Int] = []
        for index in lanes.indices {
            // Who has just come to a stream gets the newest frame at once.
            if lanes[index].requests.contains(where: { $0.rate > 0 && (known[$0.variant]?.rate ?? 0) == 0 }) {
                lanes[index].hasPending = frames > 0
            } else if lanes[index].rate == 0 {
                lanes[index].hasPending = false
            }
            if activate(index, at: now) { due.append(lanes[index].id) }
        }
        removeIdleLanes(at: now)
        return due
    }

    /// Asks for the frame that is the newest now once more: in each variant demanded, and as it is.
    ///
    /// - Returns: the lanes to queue; `done` is entered for each lane and left when that has had its turn.
    mutating func deliverLast(done: DispatchGroup) -> [Int] {
        guard let newest else { return [] }
        let asIs = lanes.firstIndex { $0.variant == filled(.asIs) } ?? addLane(filled(.asIs))
        var due: [Int] = []
        for index in lanes.indices {
            var variants = lanes[index].requests.filter(\.isWanted).map(\.variant)
            if index == asIs, !variants.contains(.asIs) { variants.append(.asIs) }
            guard !variants.isEmpty else { continue }
            // A wait before this one has been given up; its variants are the same or fewer.
            lanes[index].final?.done.leave()
            done.enter()
            lanes[index].final = Lane.FinalDelivery(
                variants: variants, frame: newest, sequence: frames, done: done)
            if activate(index, at: lastFrame ?? 0) { due.append(lanes[index].id) }
        }
        return due
    }

    mutating func progress(at now: Int64) -> TapProgress {
        removeIdleLanes(at: now)
        let size = newest.map { PictureSize(displaying: $0) } ?? codedSize
        return TapProgress(
            tap: tap, frames: frames, lastFrame: lastFrame, fps: meter.rate(at: now), width: size?.width ?? 0,
            height: size?.height ?? 0, encoded: encoded, dropped: dropped, detections: detections?.progress)
    }

    // MARK: Lanes

    func index(of lane: Int) -> Int? { lanes.firstIndex { $0.id == lane } }

    /// - Parameter idle: encoder threads that have nothing to do; they may take a second frame of a lane that is slow.
    /// - Returns: whether the lane has to be queued: there is work, and no job of it waits for a thread yet.
    mutating func activate(_ index: Int, at now: Int64, idle: Int = 0) -> Bool {
        guard !lanes[index].isQueued, lanes[index].hasWork(newest: frames) else { return false }
        if !lanes[index].turns.isEmpty {
            let interval = interval(of: lanes[index], at: now)
            guard idle > 0, lanes[index].mayOverlap(newest: frames, interval: interval) else { return false }
        }
        lanes[index].isQueued = true
        return true
    }

    /// How often a lane has a frame to encode, nanoseconds.
    private func interval(of lane: Lane, at now: Int64) -> Double {
        1e9 / max(min(lane.rate, highestRate, meter.rate(at: now)), 1e-3)
    }

    /// One request a variant, with the highest of what is asked; those that want nothing are left out.
    private func merged(_ wanted: [WantedVariant], known: [Variant: Lane.Request]) -> [Lane.Request] {
        var result: [Lane.Request] = []
        var places: [Variant: Int] = [:]
        for want in wanted where want.tap == tap {
            let rate = want.stream.map { $0 > 0 ? $0 : 0 } ?? .infinity
            if let place = places[want.variant] {
                result[place].rate = max(result[place].rate, rate)
                result[place].once = max(result[place].once, want.once)
            } else {
                places[want.variant] = result.count
                result.append(
                    Lane.Request(
                        variant: want.variant, rate: rate, once: want.once, answered: answered[want.variant] ?? 0,
                        delivered: known[want.variant]?.delivered ?? 0))
            }
        }
        return result.filter(\.isWanted)
    }

    /// What the plan asks for stands where a viewer asks for nothing; a size is one thing, whichever side is given.
    private func filled(_ variant: Variant) -> Variant {
        guard variant.content == .picture else { return variant }
        let hasSize = variant.width != nil || variant.height != nil
        return Variant(
            width: hasSize ? variant.width : defaults.width, height: hasSize ? variant.height : defaults.height,
            quality: variant.quality ?? defaults.quality)
    }

    /// Gives a request to the lane of its size; to a new one, or to the next larger one when there are enough.
    private mutating func assign(_ request: Lane.Request) {
        let variant = filled(request.variant)
        let index = lanes.firstIndex { $0.variant == variant } ?? newLane(variant) ?? nextLarger(than: variant)
        lanes[index].requests.append(request)
    }

    /// Nil when there are enough lanes, and somebody wants each.
    private mutating func newLane(_ variant: Variant) -> Int? {
        // What is not encoded costs next to nothing.
        if variant.content == .picture, lanes.count(where: \.isOfPictures) >= Self.exactLanes {
            // Those nobody wants make room, the longest idle one first.
            let idle = lanes.indices.filter {
                lanes[$0].isOfPictures && lanes[$0].requests.isEmpty && !lanes[$0].isActive && lanes[$0].final == nil
            }
            guard let oldest = idle.min(by: { lanes[$0].idleSince ?? .max < lanes[$1].idleSince ?? .max }) else {
                return nil
            }
            lanes.remove(at: oldest)
        }
        return addLane(variant)
    }

    private mutating func addLane(_ variant: Variant) -> Int {
        lanes.append(Lane(id: nextLane, variant: variant))
        nextLane += 1
        return lanes.count - 1
    }

    private func nextLarger(than variant: Variant) -> Int {
        let source = newest.map { PictureSize(displaying: $0) } ?? PictureSize(width: 65_535, height: 65_535)
        let size = source.fitting(variant)
        let sizes = lanes.map { source.fitting($0.variant) }
        func area(_ index: Int) -> Int { sizes[index].width * sizes[index].height }
        let pictures = lanes.indices.filter { lanes[$0].isOfPictures }
        let larger = pictures.filter { sizes[$0].width >= size.width && sizes[$0].height >= size.height }
        return larger.min { area($0) < area($1) } ?? pictures.max { area($0) < area($1) } ?? 0
    }

    mutating func removeIdleLanes(at now: Int64) {
        for index in lanes.indices {
            let isIdle = !lanes[index].isWanted && !lanes[index].isActive
            lanes[index].idleSince = isIdle ? lanes[index].idleSince ?? now : nil
        }
        lanes.removeAll { lane in lane.idleSince.map { now - $0 >= Self.linger } ?? false }
    }
}
