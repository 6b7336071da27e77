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
