import Foundation
import Plans
import WorkerLink

extension InstanceSnapshot {
    /// - Parameters:
    ///   - taps: ids as compiled; empty before that, when the plan's own are shown.
    ///   - progress: the newest of the current worker.
    ///   - lastFrame: arrival of the newest frame of any worker.
    ///   - now: ages grow between two progress messages, too. All CLOCK_MONOTONIC, nanoseconds.
    init(
        id: String, specification: InstanceSpecification, lifecycle: InstanceLifecycle, taps: [String],
        progress: WorkerLink.Progress?, lastFrame: Int64?, now: Int64
    ) {
        let fps = progress.map { $0.taps.map(\.fps).max() ?? 0 } ?? 0
        let age = lastFrame.map { now.subtractingReportingOverflow($0) }
        self.init(
            id: id,
            plan: specification.plan,
            parameters: specification.shownParameters,
            state: lifecycle.state,
            since: Self.timestamp(lifecycle.since, now: now),
            reason: lifecycle.reason?.rawValue,
            message: lifecycle.message,
            nextRetryAt: lifecycle.nextRetry.map { Self.timestamp($0, now: now) },
            restarts: lifecycle.restarts,
            fps: lifecycle.state == .running ? (fps * 100).rounded() / 100 : 0,
            lastFrameAgeMs: age.flatMap { $0.overflow ? nil : Int(max(0, $0.partialValue) / 1_000_000) },
            taps: taps.isEmpty ? specification.taps : taps,
            stages: progress?.stages.map {
                Stage(name: $0.name, stage: $0.stage, p50Us: $0.p50Micros, p99Us: $0.p99Micros)
            } ?? [],
            branches: progress?.branches.map {
                Branch(name: $0.name, state: $0.state, reason: $0.reason.map(specification.redaction.apply))
            } ?? [])
    }

    /// RFC 3339 UTC with milliseconds, of a CLOCK_MONOTONIC time in nanoseconds.
    private static func timestamp(_ time: Int64, now: Int64) -> String {
        let wall = Date(timeIntervalSince1970: serverStart.wall + (time - serverStart.monotonic).inSeconds)
        return wall.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
    }

    /// One offset for the life of the server, so that an adjusted wall clock never moves `since`.
    private static let serverStart = (wall: Date().timeIntervalSince1970, monotonic: MonotonicClock.now())
}
