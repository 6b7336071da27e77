internal import Plans
internal import WorkerLink

/// A plan whose author wants to know what is wrong with it.
struct PlanCheck: Decodable {
    var text: String
    /// Nil: the plan is checked as it stands, and a parameter without a default may have any value.
    var parameters: [String: ParameterValue]?
    /// Stages' options that count more than the plan's, by node id; nil: none do.
    var stageOptions: [String: [String: ParameterValue]]?
    /// The text came over the network; nil: it did not.
    var isUntrusted: Bool?

    /// Everything that is wrong, and everything worth saying; what the text alone shows hides what only building
    /// would show.
    func diagnostics() -> [Diagnostic] {
        var known: [Diagnostic] = []
        do throws(PlanError) {
            let plan = try Plan(parsing: text)
            known = plan.warnings + plan.lint(stages: StageCatalog.names)
            var builder = PlanBuilder(encoders: EncoderPool(threads: 1), deliver: { _ in })
            builder.allowsUnboundParameters = parameters == nil
            builder.stageOptions = stageOptions ?? [:]
            if isUntrusted == true { builder.allowedElements = TextPolicy.elementsInPipeline }
            let built = try builder.build(try graph(of: plan))
            defer { built.stop() }
            return known + built.compiled.warnings
        } catch {
            // Where something is wrong, what is worth saying can wait.
            return known.filter { warning in !error.diagnostics.contains { $0.range == warning.range } }
                + error.diagnostics
        }
    }

    private func graph(of plan: Plan) throws(PlanError) -> PlanGraph {
        do throws(PlanError) {
            return try plan.binding(parameters ?? [:]).graph
        } catch {
            guard parameters == nil, error.diagnostics.allSatisfy({ $0.code == .missingParameter }) else { throw error }
            return plan.graph
        }
    }
}
