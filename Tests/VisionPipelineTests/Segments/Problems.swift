import Plans
import WorkerLink

@testable import VisionPipeline

/// What is wrong with a plan that cannot be built, one line each: `column code message | hint`.
func problems(_ text: String, parameters: [String: ParameterValue] = [:]) throws -> [String] {
    let graph = try Plan(parsing: text).binding(parameters).graph
    do throws(PlanError) {
        let builder = PlanBuilder(
            stages: StageCatalog.builtIn.adding(Recorder.self), encoders: EncoderPool(threads: 1))
        let plan = try builder.build(graph)
        plan.stop()
        return plan.compiled.warnings.map(\.line1)
    } catch {
        return error.diagnostics.map(\.line1)
    }
}

extension Diagnostic {
    fileprivate var line1: String { "\(column) \(code) \(message)" + (hint.map { " | \($0)" } ?? "") }
}
