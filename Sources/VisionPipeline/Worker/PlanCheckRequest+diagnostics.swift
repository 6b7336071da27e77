internal import Plans
internal import WorkerLink

extension PlanCheckRequest {
    /// Everything that is wrong, and everything worth saying; what the text alone shows hides what only building
    /// would show.
    ///
    /// - Parameter stages: those that the plan may name.
    func diagnostics(stages: StageCatalog) -> [Diagnostic] {
        var known: [Diagnostic] = []
        var isParsed = false
        do throws(PlanError) {
            let plan = try Plan(parsing: text, limits: isUntrusted ? .untrusted : .trusted)
            isParsed = true
            known = plan.warnings + plan.lint(stages: stages.names)
            var builder = PlanBuilder(stages: stages, encoders: EncoderPool(threads: 1))
            builder.allowsUnboundParameters = parameters == nil
            builder.stageOptions = stageOptions
            if isUntrusted { builder.allowedElements = TextPolicy.elementsInPipeline }
            let built = try builder.build(try graph(of: plan))
            defer { built.stop() }
            return known + built.compiled.warnings
        } catch {
            // Where something is wrong, what is worth saying can wait.
            let problems = error.diagnostics + (isParsed ? [] : problemsOfNodes(stages))
            let warnings = known.filter { warning in !problems.contains { $0.range == warning.range } }
            return (warnings + problems).enumerated().sorted {
                ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
            }.map(\.element)
        }
    }

    /// What each node's own words get wrong, in a text that is no plan. Of links nothing is said: they are not known.
    private func problemsOfNodes(_ stages: StageCatalog) -> [Diagnostic] {
        // Elements of text from the network are made only when all of it obeys the policy.
        guard !isUntrusted else { return [] }
        var nodes = Plan.nodes(ofBroken: text).filter { $0.kind != .tap }
        for index in nodes.indices { nodes[index].id = "node-\(index)" }
        var builder = PlanBuilder(stages: stages, encoders: EncoderPool(threads: 1))
        builder.allowsUnboundParameters = true
        do throws(PlanError) {
            try builder.build(PlanGraph(nodes: nodes)).stop()
            return []
        } catch {
            let codes: Set<Diagnostic.Code> = [
                .unknownElement, .unknownProperty, .propertyType, .propertyRange, .unknownOption, .optionType,
                .optionRange, .invalidCaps, .parameterNotAllowedHere,
            ]
            return error.diagnostics.filter { codes.contains($0.code) }
        }
    }

    private func graph(of plan: Plan) throws(PlanError) -> PlanGraph {
        do throws(PlanError) {
            return try plan.binding(parameters ?? [:]).reachingCameras.graph
        } catch {
            guard parameters == nil, error.diagnostics.allSatisfy({ $0.code == .missingParameter }) else { throw error }
            return plan.reachingCameras.graph
        }
    }
}
