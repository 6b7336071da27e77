import Foundation
import Plans
import Synchronization
import TestSupport
import WorkerLink

@testable import VisionPipeline

/// A plan running in a test.
final class Run: Sendable {
    let runner: PipelineRunner
    private let outcome: Outcome

    private final class Outcome: Sendable {
        let ending = Mutex<(ending: PlanEnding, at: ContinuousClock.Instant)?>(nil)
        let pictures = Mutex<[EncodedFrame]>([])
    }

    /// Builds and starts.
    convenience init(
        _ text: String, limit: PictureLimit = PictureLimit(), rules: SourceRules = SourceRules()
    ) throws {
        try self.init(Plan(parsing: text), limit: limit, rules: rules)
    }

    init(
        _ plan: Plan, parameters: [String: ParameterValue] = [:], limit: PictureLimit = PictureLimit(),
        rules: SourceRules = SourceRules(), reachesCameras: Bool = false
    ) throws {
        let outcome = Outcome()
        self.outcome = outcome
        runner = try PipelineRunner(
            graph: reachesCameras ? plan.binding(parameters).reachingCameras.graph : plan.binding(parameters).graph,
            isLive: plan.isLive,
            stages: StageCatalog.builtIn.adding(Recorder.self, LevelRecorder.self, Juggler.self, Alternator.self),
            limit: limit, rules: rules,
            deliver: { picture in outcome.pictures.withLock { $0.append(picture) } },
            ended: { ending in outcome.ending.withLock { $0 = (ending, .now) } })
        runner.start()
    }

    var ending: PlanEnding? { outcome.ending.withLock { $0?.ending } }
    /// When it was told, however busy the threads are on which tests wait for it.
    var ended: ContinuousClock.Instant? { outcome.ending.withLock { $0?.at } }
    var pictures: [EncodedFrame] { outcome.pictures.withLock { $0 } }

    /// Why one of several sources does not run.
    var trouble: SourceTrouble? { runner.sources.lazy.compactMap(\.trouble).first }

    /// Waits for the ending.
    func end() async throws -> PlanEnding {
        try await eventually { self.ending != nil }
        return ending ?? PlanEnding(.workerUnresponsive, "")
    }

    @discardableResult
    func stop() async throws -> PlanEnding {
        runner.stop(within: 2)
        return try await end()
    }
}
