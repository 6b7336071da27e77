import Dispatch
import WorkerLink

/// What is encoded in one way at one tap, for everybody who wants it that way. Times are nanoseconds.
struct Lane {
    let id: Int
    /// With the plan's defaults filled in.
    let variant: Variant
    var requests: [Request] = []
    /// A due frame waits for this lane.
    var hasPending = false
    /// A job of it waits for a thread; one at a time, so that no lane starves another.
    var isQueued = false
    /// What threads are at, and what waits for its place in the order; in the order in which it was begun.
    private(set) var turns: [UnderWay] = []
    private var begun: UInt64 = 0
    private var isDelivering = false
    /// How long a frame takes to encode, smoothed; nil before the first.
    private(set) var work: Double?
    /// Since when nobody wants anything of it; nil while somebody does.
    var idleSince: Int64?
    /// The newest picture, so that a frame is encoded once however often it is asked for.
    var last: EncodedFrame?
    /// The newest frame that was tried, whether it became a picture or not.
    var tried: UInt64 = 0
    var limit = RateLimit()
    /// Who waits for a frame to be delivered once more.
    var final: FinalDelivery?

    init(id: Int, variant: Variant) { (self.id, self.variant) = (id, variant) }

    /// A variant as somebody asked for it, and how far that has been answered.
    struct Request {
        var variant: Variant
        /// Frames per second, 0 for none, infinity for all.
        var rate: Double
        var once: UInt64
        var answered: UInt64
        /// The newest frame delivered.
        var delivered: UInt64

        var wantsOnce: Bool { once > answered }
        var isWanted: Bool { rate > 0 || wantsOnce }
    }

    /// A turn from its beginning to its delivery.
    struct UnderWay {
        let number: UInt64
        let since: Int64
        let sequence: UInt64
        let recipients: [Recipient]
        let isFinal: Bool
        /// There when the work is done.
        var delivery: TapState.Delivery?
    }

    /// One delivery of a frame to all of `variants`; `done` is left once it was made, or cannot be.
    struct FinalDelivery {
        var variants: [Variant]
        /// The newest when the delivery was asked for, and its number.
        let frame: Frame
        let sequence: UInt64
        let done: DispatchGroup
    }

    /// One copy of a picture: under which variant it goes out, and which `once` number it answers.
    struct Recipient {
        var variant: Variant
        var once: UInt64
    }

    /// The highest rate that is wanted; 0 for none, infinity for every frame.
    var rate: Double { requests.reduce(0) { max($0, $1.rate) } }

    var isOfPictures: Bool { variant.content == .picture }

    /// Somebody works for it, or will.
    var isActive: Bool { isQueued || !turns.isEmpty }

    /// Whether somebody wants a picture that no stream would bring.
    private var wantsOnce: Bool { requests.contains { $0.wantsOnce } }

    var isWanted: Bool { final != nil || requests.contains { $0.isWanted } }

    /// Whether there is something to do, now that `newest` is the newest frame's number.
    func hasWork(newest: UInt64) -> Bool {
        guard newest > 0 else { return false }
        // A frame that could not be encoded is not tried again.
        let isHopeless = tried == newest && last?.header.sequence != newest
        return final != nil || (!isHopeless && (hasPending || wantsOnce))
    }

    /// Who is to get the frame of this number.
    func recipients(of sequence: UInt64) -> [Recipient] {
        var others = final?.variants ?? []
        var result: [Recipient] = []
        for request in requests {
            let isStreamed = request.rate > 0 && request.delivered < sequence
            // What a turn before this one answers is answered when its place comes.
            let wantsOnce = request.wantsOnce && !isUnderWay(request.once, for: request.variant)
            guard isStreamed || wantsOnce || others.contains(request.variant) else { continue }
            result.append(Recipient(variant: request.variant, once: wantsOnce ? request.once : 0))
            others.removeAll { $0 == request.variant }
        }
        return result + others.map { Recipient(variant: $0, once: 0) }
    }

    private func isUnderWay(_ once: UInt64, for variant: Variant) -> Bool {
        turns.contains { $0.recipients.contains { $0.variant == variant && $0.once >= once } }
    }

    /// The frame of this number has been delivered.
    mutating func noteDelivery(of sequence: UInt64, to recipients: [Recipient]) {
        for recipient in recipients {
            guard let index = requests.firstIndex(where: { $0.variant == recipient.variant }) else { continue }
            requests[index].answered = max(requests[index].answered, recipient.once)
            requests[index].delivered = max(requests[index].delivered, sequence)
        }
    }

    // MARK: Turns

    /// - Returns: the turn's number.
    mutating func beginTurn(_ sequence: UInt64, _ recipients: [Recipient], isFinal: Bool, at now: Int64) -> UInt64 {
        begun += 1
        turns.append(
            UnderWay(number: begun, since: now, sequence: sequence, recipients: recipients, isFinal: isFinal))
        return begun
    }

    /// A frame has been encoded, or could not be.
    mutating func noteWork(of number: UInt64, until now: Int64) {
        guard let turn = turns.first(where: { $0.number == number }) else { return }
        let time = Double(max(now - turn.since, 0))
        work = work.map { $0 + (time - $0) / 4 } ?? time
    }

    mutating func finishTurn(_ number: UInt64, _ delivery: TapState.Delivery) {
        guard let index = turns.firstIndex(where: { $0.number == number }) else { return }
        turns[index].delivery = delivery
    }

    /// The oldest turn's, once its work is done and nobody hands it out yet.
    mutating func nextDelivery() -> TapState.Delivery? {
        guard !isDelivering, let delivery = turns.first?.delivery else { return nil }
        isDelivering = true
        return delivery
    }

    /// What `nextDelivery` gave has been handed out.
    mutating func endDelivery() {
        turns.removeFirst()
        isDelivering = false
    }
}
