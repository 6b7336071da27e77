import Dispatch
import WorkerLink

extension TapState {
    /// What an encoder thread is to do for a lane, once.
    struct Turn {
        enum Source {
            case frame(Frame)
            /// The frame's picture is there already.
            case picture(EncodedFrame)
        }

        let lane: Int
        /// Counts the lane's turns.
        let number: UInt64
        let source: Source
        /// The frame's number.
        let sequence: UInt64
        let variant: Variant
        let recipients: [Lane.Recipient]
        /// Whom to tell when the turn is over. Holds the frame, so that it is released outside the lock.
        fileprivate let final: Lane.FinalDelivery?
    }

    /// What came of a turn, to be handed out now: pictures of a lane leave one by one, in the order of their turns.
    struct Delivery {
        let lane: Int
        let sequence: UInt64
        /// Nil when the frame could not be encoded.
        let picture: EncodedFrame?
        let recipients: [Lane.Recipient]
        fileprivate let final: Lane.FinalDelivery?
    }

    /// The frame for a lane's turn, which `finish` ends; nil when there is nothing to do any more.
    ///
    /// It is the one that a last delivery was asked for, else the newest. Frames that come while it is encoded are for a later
    /// turn, so that each turn ends.
    mutating func begin(_ lane: Int, at now: Int64) -> Turn? {
        guard let index = index(of: lane) else { return nil }
        lanes[index].isQueued = false
        guard let newest, lanes[index].hasWork(newest: frames),
            lanes[index].turns.isEmpty || lanes[index].isFree(newest: frames)
        else { return nil }
        let final = lanes[index].final
        let (frame, sequence) = final.map { ($0.frame, $0.sequence) } ?? (newest, frames)
        // One that came after the last delivery was asked for stays due.
        if sequence == frames { lanes[index].hasPending = false }
        let source: Turn.Source
        if let last = lanes[index].last, last.header.sequence == sequence {
            source = .picture(last)
        } else {
            lanes[index].tried = sequence
            source = .frame(frame)
        }
        let recipients = lanes[index].recipients(of: sequence)
        let number = lanes[index].beginTurn(sequence, recipients, isFinal: final != nil, at: now)
        return Turn(
            lane: lane, number: number, source: source, sequence: sequence, variant: lanes[index].variant,
            recipients: recipients, final: final)
    }

    /// - Parameter picture: nil when the frame could not be encoded.
    /// - Returns: what whoever asks has to hand out, and then to call `delivered`; nil where the turns before are not over, or
    ///   another thread is at it.
    mutating func finish(_ turn: Turn, picture: EncodedFrame?, at now: Int64) -> Delivery? {
        let delivery = Delivery(
            lane: turn.lane, sequence: turn.sequence, picture: picture, recipients: turn.recipients, final: turn.final)
        let isWork = if case .frame = turn.source { true } else { false }
        if isWork, picture == nil { dropped += 1 }
        if isWork, picture != nil, turn.variant.content == .picture { encoded += 1 }
        guard let index = index(of: turn.lane) else { return delivery }
        if isWork { lanes[index].noteWork(of: turn.number, until: now) }
        lanes[index].finishTurn(turn.number, delivery)
        return lanes[index].nextDelivery()
    }

    /// What follows from a delivery.
    struct Afterwards {
        /// The lane is to be queued again.
        var again = false
        /// Whom to tell that the lane has delivered its last.
        var done: DispatchGroup?
        /// What is to be handed out next, by the same thread.
        var next: Delivery?
    }

    /// - Parameter idle: encoder threads that have nothing to do, counting the one that asks.
    mutating func delivered(_ delivery: Delivery, at now: Int64, idle: Int = 1) -> Afterwards {
        guard let index = index(of: delivery.lane) else { return Afterwards(done: delivery.final?.done) }
        if let picture = delivery.picture {
            lanes[index].last = picture
            lanes[index].noteDelivery(of: delivery.sequence, to: delivery.recipients)
            for recipient in delivery.recipients where recipient.once > 0 {
                answered[recipient.variant] = max(answered[recipient.variant] ?? 0, recipient.once)
            }
        }
        lanes[index].endDelivery()
        var result = Afterwards()
        // Nothing would come of waiting for a frame that cannot be encoded. Who asked meanwhile has the next turn.
        if let final = lanes[index].final, final.done === delivery.final?.done {
            result.done = final.done
            lanes[index].final = nil
        }
        result.again = activate(index, at: now, idle: idle)
        result.next = lanes[index].nextDelivery()
        removeIdleLanes(at: now)
        return result
    }
}
