import WorkerLink

/// What reaches an instance from outside, in the order it came.
enum InstanceEvent: Sendable {
    case said(WorkerMessage)
    case reported(Progress)
    case violated(LinkError)
    case exited(WorkerExit)
    /// One that waited to be started is started.
    case begin(WorkerExecutable)
    /// A camera that it takes was plugged in.
    case hint
    /// Who has the camera that its worker could not have.
    case held(String)
    /// Somebody looks, or nobody any more.
    case demandChanged
    /// A deadline of the lifecycle has come.
    case tick
}

/// Hears a worker for its instance: frames and counters go to the taps on the link's event loop; what changes the instance's
/// life, to its actor.
struct InstanceLinkListener: WorkerListener {
    let taps: InstanceTaps
    /// Ids of the plan's taps: a worker cannot make up others.
    let expected: Set<String>
    let mailbox: AsyncStream<InstanceEvent>.Continuation

    func received(_ message: WorkerMessage, from link: WorkerLinkOutput) throws(LinkError) {
        switch message {
        case .compiled(let plan):
            guard Set(plan.taps.map(\.id)) == expected, plan.taps.count == expected.count else {
                throw .malformed("compiled has other taps than the plan")
            }
            taps.adopt(plan.taps, isCompiled: true)
            taps.attach(link)
        case .hello, .invalid, .stage, .ended:
            break
        }
        mailbox.yield(.said(message))
    }

    func received(_ progress: Progress) {
        taps.update(progress.taps)
        mailbox.yield(.reported(progress))
    }

    func received(_ frame: ReceivedFrame) { taps.publish(frame) }
    func received(_ unit: ReceivedUnit) { taps.publish(unit) }
    func violated(_ error: LinkError) { mailbox.yield(.violated(error)) }
    func closed() { taps.detach() }
}
