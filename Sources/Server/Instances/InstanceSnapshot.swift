import Foundation
package import WorkerLink
package import Plans

/// An instance as the API shows it. Keys are a contract.
package struct InstanceSnapshot: Sendable, Hashable, Codable {
    /// Its name, unique while it exists.
    package var id: String
    /// The plan's name; `(text)` for one that came as text.
    package var plan: String
    /// Secrets and userinfo are masked.
    package var parameters: [String: ParameterValue]
    /// The operator's configuration says that it runs, and the API cannot change or delete it.
    package var declared: Bool
    /// Where it is in its life.
    package var state: InstanceState
    /// When it was created: RFC 3339 UTC with milliseconds, as are the others.
    package var createdAt: String
    /// When it entered its state.
    package var since: String
    /// A `FailureReason`; nil while nothing is the matter.
    package var reason: String?
    /// The reason in words, for people.
    package var message: String?
    /// Only while retrying.
    package var nextRetryAt: String?
    /// Workers started after the first.
    package var restarts: Int
    /// Frames per second at the fastest of its taps; 0 while it is not running.
    package var fps: Double
    /// Nil before the first frame.
    package var lastFrameAgeMs: Int?
    /// Ids, in the order of the plan.
    package var taps: [String]
    /// Where its pictures come from, as they were first heard of; empty before a worker has reported.
    package var sources: [Source]
    /// In the order of the plan; empty before a worker has compiled it.
    package var stages: [Stage]
    /// What goes on with GStreamer behind a stage.
    package var branches: [Branch]

    /// A camera or film: an element of the plan without an input.
    package struct Source: Sendable, Hashable, Codable {
        /// Node id.
        package var name: String
        /// The camera at this machine that it takes, as the plan names it; nil of any other.
        package var device: String?
        /// Pictures come as they are captured, and what is late is lost.
        package var live: Bool
        /// The instance's own, but that of several sources each has one while a worker runs.
        package var state: InstanceState
        /// Why it is in that state: a `FailureReason`; nil while nothing is the matter.
        package var reason: String?
        /// The reason in words, for people.
        package var message: String?
        /// Only while it waits for that.
        package var nextRetryAt: String?
        /// How often the current worker has built it anew.
        package var restarts: UInt64
        /// Frames per second over the last second or so; 0 while it is not running.
        package var fps: Double
        /// Nil before the first frame.
        package var lastFrameAgeMs: Int?
        /// Pictures of the current worker that were broken or too large for a decoder, or came out of it with faults.
        package var decodeErrors: UInt64
        /// Live pictures of the current worker that came faster than they could be taken, and those that no frame could be made of.
        package var dropped: UInt64
        /// What a viewer of its pictures ought to know, as codes.
        package var warnings: [SourceWarning]

        enum CodingKeys: String, CodingKey {
            case name, device, live, state, reason, message, restarts, fps, dropped, warnings
            case nextRetryAt = "next_retry_at"
            case lastFrameAgeMs = "last_frame_age_ms"
            case decodeErrors = "decode_errors"
        }

        /// - Parameters:
        ///   - device: see the property.
        ///   - outlets: those that it feeds, at least one.
        ///   - lifecycle: the instance's.
        ///   - reported: when the current worker wrote this; nil for what is known of one before.
        fileprivate init(
            _ name: String, _ device: String?, _ outlets: [SourceProgress], of lifecycle: InstanceLifecycle,
            at reported: Int64?,
            now: Int64
        ) {
            (self.name, self.device) = (name, device)
            live = outlets.contains(where: \.isLive)
            let newest = outlets.compactMap(\.lastFrame).max()
            let reported = lifecycle.hasWorker ? reported : nil
            let trouble = reported == nil ? nil : outlets.lazy.compactMap(\.trouble).first
            state = reported.map { Self.state(of: outlets, at: $0) } ?? lifecycle.state
            if let reported {
                let silence = outlets.lazy.compactMap { SourceSilence(of: $0, at: reported) }.first
                let why = trouble ?? (state == .stalled ? silence.map { SourceTrouble(.noFrames, $0.words) } : nil)
                (reason, message) = (why?.reason.rawValue, why?.message)
            } else {
                (reason, message) = (lifecycle.reason?.rawValue, lifecycle.message)
            }
            let next = reported == nil ? lifecycle.nextRetry : trouble?.nextRetry
            nextRetryAt = next.map { InstanceSnapshot.timestamp($0) }
            restarts = outlets.map(\.rebuilds).max() ?? 0
            fps = state == .running ? (outlets.map(\.fps).max() ?? 0).rounded(decimals: 2) : 0
            lastFrameAgeMs = newest.map { CaptureTime.ageMilliseconds($0, now: now) }
            decodeErrors = outlets.map(\.decodeErrors).max() ?? 0
            dropped = outlets.map(\.dropped).max() ?? 0
            warnings = SourceWarning.allCases.filter { warning in
                outlets.contains { $0.warnings.contains(warning) }
            }
        }

        /// While there is a worker.
        private static func state(of outlets: [SourceProgress], at now: Int64) -> InstanceState {
            if outlets.contains(where: { $0.trouble != nil }) { return .retrying }
            if outlets.allSatisfy({ $0.lastFrame == nil }) { return .starting }
            if outlets.allSatisfy({ SourceSilence(of: $0, at: now) != nil }) { return .stalled }
            return outlets.allSatisfy(\.hasEnded) ? .completed : .running
        }
    }

    /// A vision stage as it works now.
    package struct Stage: Sendable, Hashable, Codable {
        /// Node id.
        package var name: String
        /// Its kind, for example `blur`.
        package var stage: String
        /// Every option with its value now.
        package var options: [String: ParameterValue]
        /// Time a frame, microseconds, over the last few seconds; 0 before the first.
        package var p50Us: Double
        /// The same for the slowest in a hundred.
        package var p99Us: Double
        /// Frames of the current worker that were lost because the stage could not work on them.
        package var failed: UInt64
        /// Live frames of the current worker whose place a newer one took while the stage was busy.
        package var dropped: UInt64

        enum CodingKeys: String, CodingKey {
            case name, stage, options, failed, dropped
            case p50Us = "p50_us"
            case p99Us = "p99_us"
        }
    }

    /// A GStreamer pipeline behind a stage, which fails and is tried again by itself.
    package struct Branch: Sendable, Hashable, Codable {
        /// Id of its first node.
        package var name: String
        /// Whether it takes frames.
        package var state: BranchProgress.State
        /// Why it failed, in words.
        package var reason: String?
        /// Frames of the current worker that it did not take in time.
        package var dropped: UInt64
    }

    enum CodingKeys: String, CodingKey {
        case id, plan, parameters, declared, state, since, reason, message, restarts, fps, taps, sources, stages,
            branches
        case createdAt = "created_at"
        case nextRetryAt = "next_retry_at"
        case lastFrameAgeMs = "last_frame_age_ms"
    }

    /// - Parameters:
    ///   - isDeclared: by the operator's configuration.
    ///   - created: when the instance was.
    ///   - taps: ids, in the order of the plan.
    ///   - stages: in the order of the plan.
    ///   - progress: the newest of the current worker.
    ///   - known: sources as any worker told of them last.
    ///   - lastFrame: arrival of the newest frame of any worker.
    ///   - now: ages grow between two progress messages, too. All CLOCK_MONOTONIC, nanoseconds.
    init(
        id: String, specification: InstanceSpecification, isDeclared: Bool, created: Int64,
        lifecycle: InstanceLifecycle,
        taps: [String], stages: [CompiledStage], progress: WorkerLink.Progress?, sources known: [SourceProgress],
        lastFrame: Int64?, now: Int64
    ) {
        let fastest = progress.map { $0.taps.map(\.fps).max() ?? 0 } ?? 0
        self.id = id
        plan = specification.plan
        parameters = specification.shownParameters
        declared = isDeclared
        state = lifecycle.state
        createdAt = Self.timestamp(created)
        since = Self.timestamp(lifecycle.since)
        reason = lifecycle.reason?.rawValue
        message = lifecycle.message
        nextRetryAt = lifecycle.nextRetry.map { Self.timestamp($0) }
        restarts = lifecycle.restarts
        fps = lifecycle.state == .running ? fastest.rounded(decimals: 2) : 0
        lastFrameAgeMs = lastFrame.map { CaptureTime.ageMilliseconds($0, now: now) }
        self.taps = taps
        var feeding: [(name: String, outlets: [SourceProgress])] = []
        for outlet in progress?.sources ?? known {
            for name in outlet.sources {
                let own = outlet.seen(by: name)
                if let place = feeding.firstIndex(where: { $0.name == name }) {
                    feeding[place].outlets.append(own)
                } else {
                    feeding.append((name, [own]))
                }
            }
        }
        sources = feeding.map {
            Source(
                $0.name, specification.devices[$0.name].map(specification.redaction.apply), $0.outlets, of: lifecycle,
                at: progress?.now, now: now)
        }
        self.stages = stages.map { stage in
            let progress = progress?.stages.first { $0.name == stage.id }
            return Stage(
                name: stage.id, stage: stage.stage, options: stage.options.mapValues(specification.redaction.apply),
                p50Us: (progress?.p50Micros ?? 0).rounded(decimals: 1),
                p99Us: (progress?.p99Micros ?? 0).rounded(decimals: 1), failed: progress?.failed ?? 0,
                dropped: progress?.dropped ?? 0)
        }
        branches =
            progress?.branches.map {
                Branch(
                    name: $0.name,
                    // Its worker may have gone without another word.
                    state: lifecycle.state == .completed && $0.state == .running ? .completed : $0.state,
                    reason: $0.reason.map(specification.redaction.apply),
                    dropped: $0.dropped)
            } ?? []
    }

    /// The stage with this name.
    func stage(_ name: String) throws(ServiceError) -> Stage {
        guard let stage = stages.first(where: { $0.name == name }) else {
            throw .unknownStage(name, instance: id)
        }
        return stage
    }

    /// RFC 3339 UTC with milliseconds, of a CLOCK_MONOTONIC time in nanoseconds.
    fileprivate static func timestamp(_ time: Int64) -> String {
        Instant.text(CaptureTime.unixMicroseconds(time))
    }
}

extension Redaction {
    fileprivate func apply(_ value: ParameterValue) -> ParameterValue {
        if case .string(let text) = value { .string(apply(to: text)) } else { value }
    }
}
