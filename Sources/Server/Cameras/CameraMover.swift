import Discovery
import Logging
import Plans

/// Moves cameras for whoever asks over the API, and stops each by itself.
///
/// A camera is told how long it is to move, but not every one listens, and whoever began may be gone: so it is stopped from here, too.
actor CameraMover {
    static let durations = 0.1...10.0
    static let duration = 1.0
    /// How long what was learnt of a camera is taken to be so.
    private static let memory = Duration.seconds(60)
    private static let longest = 64

    /// A camera as it is asked.
    struct Target: Sendable, Hashable {
        var service: ServiceAddress
        var credentials: CameraCredentials?
        /// Nil: the first that can be moved.
        var profile: String?

        fileprivate func head(_ motion: CameraMotion) -> MovementEnds.Head {
            MovementEnds.Head(service: service, profile: motion.profile)
        }
    }

    /// What is asked for; nobody who wants to stop a camera waits for those who want it to move.
    private enum Purpose: Sendable, Hashable {
        case stop, other

        /// Questions to cameras that are under way at a time.
        var width: Int {
            switch self {
            case .stop: 64
            case .other: 8
            }
        }
    }

    private struct Known {
        var motion: CameraMotion
        var since: ContinuousClock.Instant
    }

    nonisolated let access: CameraAccess
    private let ends: MovementEnds
    private var known: [Target: Known] = [:]
    private var asking: [Purpose: Int] = [:]

    init(access: CameraAccess, logger: Logger) {
        self.access = access
        ends = MovementEnds(logger: logger)
    }

    /// - Throws: `ServiceError`, as the others.
    func move(_ target: Target, _ velocity: CameraMotion.Velocity, seconds: Double) async throws(ServiceError) {
        try await ask(target) { [ends] motion throws(CameraProblem) in
            guard let movement = await ends.begin(target.head(motion), motion) else {
                throw CameraProblem(.refused, "the server is stopping")
            }
            do throws(CameraProblem) {
                try await motion.move(velocity, seconds: seconds)
            } catch {
                await ends.end(movement, after: error)
                throw error
            }
            await ends.end(movement, after: seconds)
        }
    }

    func stop(_ target: Target) async throws(ServiceError) {
        try await ask(target, to: .stop) { [ends] motion throws(CameraProblem) in
            let number = await ends.number(of: target.head(motion))
            try await motion.stop()
            await ends.forget(target.head(motion), number)
        }
    }

    /// Stops all that moves, before the process ends.
    func stopAll(within limit: Duration) async {
        await ends.stopAll(within: limit)
    }

    func presets(_ target: Target) async throws(ServiceError) -> [CameraMotion.Preset] {
        try await ask(target) { motion throws(CameraProblem) in try await motion.presets() }
    }

    func go(_ target: Target, to preset: String) async throws(ServiceError) {
        try await ask(target) { [ends] motion throws(CameraProblem) in
            let number = await ends.number(of: target.head(motion))
            try await motion.go(to: preset)
            // It goes where it was sent; the end of what it did before is no business of the preset's.
            await ends.forget(target.head(motion), number)
        }
    }

    @discardableResult
    private func ask<T: Sendable>(
        _ target: Target, to purpose: Purpose = .other,
        _ question: @Sendable (CameraMotion) async throws(CameraProblem) -> T
    ) async throws(ServiceError) -> T {
        guard asking[purpose, default: 0] < purpose.width else {
            throw ServiceError(.tooManyRequests, "\(purpose.width) cameras are being asked at the moment; try again")
        }
        asking[purpose, default: 0] += 1
        defer { asking[purpose, default: 0] -= 1 }
        do throws(CameraProblem) {
            let motion = try await motion(of: target)
            return try await question(motion)
        } catch {
            known[target] = nil
            throw ServiceError(error)
        }
    }

    private func motion(of target: Target) async throws(CameraProblem) -> CameraMotion {
        let now = ContinuousClock.now
        known = known.filter { now - $0.value.since < Self.memory }
        if let motion = known[target]?.motion { return motion }
        let motion = try await CameraMotion.of(
            target.service, credentials: target.credentials, profile: target.profile, policy: access.policy)
        if known.count < Self.longest { known[target] = Known(motion: motion, since: now) }
        return motion
    }
}
