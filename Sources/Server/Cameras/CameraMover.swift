import Discovery
import Logging
import Plans

/// Moves cameras for whoever asks over the API, and stops each by itself.
///
/// A camera is told how long it is to move, but not every one listens, and whoever began may be gone: so it is stopped from here, too.
actor CameraMover {
    static let durations = 0.1...10.0
    static let duration = 1.0
    /// Questions to cameras that are under way at a time.
    private static let width = 8
    /// How long what was learnt of a camera is taken to be so.
    private static let memory = Duration.seconds(60)
    private static let longest = 64
    private static let attempts = 3

    /// A camera as it is asked.
    struct Target: Sendable, Hashable {
        var service: ServiceAddress
        var credentials: CameraCredentials?
        var profile: String?
    }

    private struct Known {
        var motion: CameraMotion
        var since: ContinuousClock.Instant
    }

    nonisolated let access: CameraAccess
    private let logger: Logger
    private var known: [Target: Known] = [:]
    /// By the camera: the end of a movement that is under way, and its number.
    private var ends: [ServiceAddress: (number: UInt64, task: Task<Void, Never>)] = [:]
    private var movements: UInt64 = 0
    private var asking = 0

    init(access: CameraAccess, logger: Logger) {
        self.access = access
        self.logger = logger
    }

    /// - Throws: `ServiceError`, as the others.
    func move(_ target: Target, _ velocity: CameraMotion.Velocity, seconds: Double) async throws(ServiceError) {
        let motion = try await ask(target) { motion throws(CameraProblem) in
            try await motion.move(velocity, seconds: seconds)
            return motion
        }
        movements += 1
        let number = movements
        ends.removeValue(forKey: target.service)?.task.cancel()
        let task = Task {
            // Whoever moves it again, or stops it, cancels this.
            guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
            await self.end(target, motion, number)
        }
        ends[target.service] = (number, task)
    }

    func stop(_ target: Target) async throws(ServiceError) {
        try await ask(target) { motion throws(CameraProblem) in try await motion.stop() }
        ends.removeValue(forKey: target.service)?.task.cancel()
    }

    func presets(_ target: Target) async throws(ServiceError) -> [CameraMotion.Preset] {
        try await ask(target) { motion throws(CameraProblem) in try await motion.presets() }
    }

    func go(_ target: Target, to preset: String) async throws(ServiceError) {
        try await ask(target) { motion throws(CameraProblem) in try await motion.go(to: preset) }
        // It goes where it was sent; the end of what it did before is no business of the preset's.
        ends.removeValue(forKey: target.service)?.task.cancel()
    }

    private func end(_ target: Target, _ motion: CameraMotion, _ number: UInt64) async {
        for attempt in 1...Self.attempts {
            guard ends[target.service]?.number == number else { return }
            do throws(CameraProblem) {
                try await motion.stop()
                break
            } catch {
                guard attempt == Self.attempts else { continue }
                logger.warning("\(target.service.authority) may be moving still: \(error.message)")
            }
        }
        if ends[target.service]?.number == number { ends[target.service] = nil }
    }

    @discardableResult
    private func ask<T: Sendable>(
        _ target: Target, _ question: @Sendable (CameraMotion) async throws(CameraProblem) -> T
    ) async throws(ServiceError) -> T {
        guard asking < Self.width else {
            throw ServiceError(.tooManyRequests, "\(Self.width) cameras are being asked at the moment; try again")
        }
        asking += 1
        defer { asking -= 1 }
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
