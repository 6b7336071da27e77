import Discovery
import Logging

/// The ends of movements that are under way: what was told to move is told to stop, whatever it answered.
actor MovementEnds {
    /// The longest that a movement which nobody knows the end of may last.
    private static let longest = Duration.seconds(CameraMover.durations.upperBound)
    /// How long a camera is asked to stop that does not say that it does.
    private static let patience = Duration.seconds(60)
    private static let pauses = (first: Duration.milliseconds(500), longest: Duration.seconds(8))

    /// What moves: cameras of one recorder have its service in common, and a profile each.
    struct Head: Sendable, Hashable {
        var service: ServiceAddress
        var profile: String
    }

    /// A movement that a camera is told of.
    struct Movement: Sendable {
        var number: UInt64
        var head: Head
        var motion: CameraMotion
        /// When the one that it takes the place of would have ended.
        var former: ContinuousClock.Instant?
    }

    private struct End {
        var movement: Movement
        /// Nil until the camera has answered, as is the task.
        var due: ContinuousClock.Instant?
        var task: Task<Void, Never>?
    }

    private let logger: Logger
    private var ends: [Head: End] = [:]
    private var movements: UInt64 = 0
    private var unanswered = 0
    private var isClosed = false

    init(logger: Logger) {
        self.logger = logger
    }

    /// Before a camera is told to move, since it may do so and never answer; `end` has to follow. Nil: no more movements.
    func begin(_ head: Head, _ motion: CameraMotion) -> Movement? {
        guard !isClosed else { return nil }
        let replaced = ends[head]
        replaced?.task?.cancel()
        var movement = Movement(number: movements + 1, head: head, motion: motion)
        if let replaced { movement.former = replaced.due ?? ContinuousClock.now + Self.longest }
        movements += 1
        unanswered += 1
        ends[head] = End(movement: movement)
        return movement
    }

    /// It moves, for so long.
    func end(_ movement: Movement, after seconds: Double) {
        unanswered -= 1
        arm(movement, at: ContinuousClock.now + .seconds(seconds))
    }

    /// It says that it does not move, or may move and cannot say so.
    func end(_ movement: Movement, after problem: CameraProblem) {
        unanswered -= 1
        switch problem.kind {
        case .timeout, .unreachable, .nonsense: arm(movement, at: ContinuousClock.now)
        case .refused, .unauthorized, .notAllowed:
            guard number(of: movement.head) == movement.number else { return }
            // What moved before still does.
            if let former = movement.former { return arm(movement, at: former) }
            forget(movement.head, movement.number)
        }
    }

    /// The number of the movement that is under way.
    func number(of head: Head) -> UInt64? { ends[head]?.movement.number }

    /// Whatever had this number has ended; another that has begun since has not.
    func forget(_ head: Head, _ number: UInt64?) {
        guard let number, number == self.number(of: head) else { return }
        ends.removeValue(forKey: head)?.task?.cancel()
    }

    /// Stops all that moves, at the same time, and lets nothing move again.
    func stopAll(within limit: Duration) async {
        isClosed = true
        let deadline = ContinuousClock.now + limit
        for end in ends.values { arm(end.movement, at: ContinuousClock.now) }
        // A task of its own, since whoever waits for this may be cancelled.
        let over = Task {
            while !self.ends.isEmpty || self.unanswered > 0, ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        await over.value
    }

    private func arm(_ movement: Movement, at due: ContinuousClock.Instant) {
        // The end of one that has begun since is this one's, too. Where there is none, a stop may have overtaken this one.
        guard (number(of: movement.head) ?? movement.number) == movement.number else { return }
        let due = isClosed ? ContinuousClock.now : due
        ends[movement.head]?.task?.cancel()
        let task = Task {
            // Whoever moves it again, or stops it, cancels this.
            guard (try? await Task.sleep(until: due, clock: .continuous)) != nil else { return }
            await self.stop(movement)
        }
        ends[movement.head] = End(movement: movement, due: due, task: task)
    }

    private func stop(_ movement: Movement) async {
        let name = movement.head.service.authority
        let deadline = ContinuousClock.now + Self.patience
        var pause = Self.pauses.first
        while number(of: movement.head) == movement.number, !Task.isCancelled {
            do throws(CameraProblem) {
                try await movement.motion.stop()
                return forget(movement.head, movement.number)
            } catch {
                guard ContinuousClock.now + pause < deadline else {
                    logger.warning("\(name) may be moving still, and is asked no more: \(error.message)")
                    return forget(movement.head, movement.number)
                }
                if pause == Self.pauses.first {
                    logger.warning("\(name) may be moving still, and is asked again to stop: \(error.message)")
                }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauses.longest)
        }
    }
}
