import Foundation
import Plans
import WorkerLink

extension InstanceSnapshot {
    /// - Parameters:
    ///   - taps: ids, in the order of the plan.
    ///   - stages: in the order of the plan.
    ///   - progress: the newest of the current worker.
    ///   - lastFrame: arrival of the newest frame of any worker.
    ///   - now: ages grow between two progress messages, too. All CLOCK_MONOTONIC, nanoseconds.
    init(
        id: String, specification: InstanceSpecification, lifecycle: InstanceLifecycle, taps: [String],
        stages: [CompiledStage], progress: WorkerLink.Progress?, lastFrame: Int64?, now: Int64
    ) {
        let fps = progress.map { $0.taps.map(\.fps).max() ?? 0 } ?? 0
        self.init(
            id: id,
            plan: specification.plan,
            parameters: specification.shownParameters,
            state: lifecycle.state,
            since: Self.timestamp(lifecycle.since),
            reason: lifecycle.reason?.rawValue,
            message: lifecycle.message,
            nextRetryAt: lifecycle.nextRetry.map { Self.timestamp($0) },
            restarts: lifecycle.restarts,
            fps: lifecycle.state == .running ? (fps * 100).rounded() / 100 : 0,
            lastFrameAgeMs: lastFrame.map { CaptureTime.ageMilliseconds($0, now: now) },
            taps: taps,
            stages: stages.map { stage in
                let progress = progress?.stages.first { $0.name == stage.id }
                return Stage(
                    name: stage.id, stage: stage.stage, options: stage.options.mapValues(specification.redaction.apply),
                    p50Us: progress?.p50Micros ?? 0, p99Us: progress?.p99Micros ?? 0, failed: progress?.failed ?? 0)
            },
            branches: progress?.branches.map {
                Branch(name: $0.name, state: $0.state, reason: $0.reason.map(specification.redaction.apply))
            } ?? [])
    }

    /// The stage with this name.
    func stage(_ name: String) throws(ServiceError) -> Stage {
        guard let stage = stages.first(where: { $0.name == name }) else {
            throw .unknownStage(name, instance: id)
        }
        return stage
    }

    /// RFC 3339 UTC with milliseconds, of a CLOCK_MONOTONIC time in nanoseconds.
    private static func timestamp(_ time: Int64) -> String {
        Date(timeIntervalSince1970: Double(CaptureTime.unixMicroseconds(time)) / 1_000_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension Redaction {
    fileprivate func apply(_ value: ParameterValue) -> ParameterValue {
        if case .string(let text) = value { .string(apply(to: text)) } else { value }
    }
}
