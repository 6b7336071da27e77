import Dispatch
import WorkerLink

/// What is encoded in one way at one tap, for everybody who wants it that way. Times are nanoseconds.
struct Lane {
    let id: Int
    /// With the plan's defaults filled in.
    let variant: Variant
    var answers: [Answer] = []
    /// A due frame waits for this lane.
    var hasPending = false
    /// In the pool's queue or on one of its threads; a lane is on one thread at a time.
    var isActive = false
    /// Since when nobody wants anything of it; nil while somebody does.
    var idleSince: Int64?
    /// The newest picture, so that a frame is encoded once however often it is asked for.
    var last: EncodedFrame?
    /// The newest frame that was tried, whether it became a picture or not.
    var tried: UInt64 = 0
    var limit = RateLimit()
    /// Who waits for the newest frame to be delivered once more, in which variants.
    var forced: (variants: [Variant], done: DispatchGroup)?
    /// Who is to be told once the present turn has delivered.
    var settled: DispatchGroup?

    /// A variant as somebody asked for it, and how far that has been answered.
    struct Answer {
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

    /// The highest rate that is wanted; 0 for none, infinity for every frame.
    var rate: Double { answers.reduce(0) { max($0, $1.rate) } }

    /// Whether somebody wants a picture that no stream would bring.
    var wantsOnce: Bool { answers.contains { $0.wantsOnce } }

    var isWanted: Bool { forced != nil || answers.contains { $0.isWanted } }

    /// Whether there is something to do, now that `newest` is the newest frame's number.
    func hasWork(newest: UInt64) -> Bool {
        guard newest > 0 else { return false }
        // A frame that could not be encoded is not tried again.
        let isHopeless = tried == newest && last?.header.sequence != newest
        return forced != nil || (!isHopeless && (hasPending || wantsOnce))
    }

    /// The pictures to deliver now that `picture` is here; each answer is marked as given.
    mutating func deliveries(of picture: EncodedFrame, isNewest: Bool) -> [EncodedFrame] {
        let sequence = picture.header.sequence
        var result: [EncodedFrame] = []
        var open = isNewest ? forced?.variants ?? [] : []
        func add(_ variant: Variant, once: UInt64) {
            var delivery = picture
            delivery.header.variant = variant
            delivery.header.once = once
            result.append(delivery)
        }
        for index in answers.indices {
            let answer = answers[index]
            let isForced = open.contains(answer.variant)
            let isStreamed = answer.rate > 0 && answer.delivered < sequence
            guard isForced || isStreamed || answer.wantsOnce else { continue }
            add(answer.variant, once: answer.wantsOnce ? answer.once : 0)
            answers[index].answered = max(answer.answered, answer.once)
            answers[index].delivered = sequence
            open.removeAll { $0 == answer.variant }
        }
        for variant in open { add(variant, once: 0) }
        if isNewest { settleForced() }
        return result
    }

    mutating func settleForced() {
        guard let forced else { return }
        settled?.leave()
        settled = forced.done
        self.forced = nil
    }
}
