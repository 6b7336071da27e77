import Plans
import WorkerLink

@testable import VisionPipeline

enum TestOptions {
    /// A stage's defaults, with changes.
    static func of(_ stage: any Stage.Type, _ changes: [String: ParameterValue] = [:]) -> StageOptions {
        var values: [String: ParameterValue] = [:]
        for option in stage.description.options { values[option.name] = option.default }
        return StageOptions(values.merging(changes) { $1 })
    }
}

/// A stage with its state, so that tests can run it wherever an expression may stand.
final class StageRun {
    private var stage: any Stage

    init(_ type: any Stage.Type, _ changes: [String: ParameterValue] = [:]) throws {
        stage = try type.init(options: TestOptions.of(type, changes))
    }

    /// Other options while it runs; what it has learnt goes on.
    func change(_ changes: [String: ParameterValue]) throws {
        let type = Swift.type(of: stage)
        var next: any Stage = try type.init(options: TestOptions.of(type, changes))
        next.succeed(stage)
        stage = next
    }

    func process(_ frame: Frame) throws -> Frame? { try stage.process(frame) }
}
