import Plans

/// Settles what a request asks for, with every check that needs no worker.
struct RequestResolver: Sendable {
    var plans: PlanLibrary
    var policy: InstancePolicy
    /// Names of the vision stages, which the policy for text from the network has to know.
    var stages: Set<String>

    /// Plan name of a text that came without one; no plan of the directory can be named so.
    static let textPlan = "(text)"

    /// - Throws: `ServiceError` 403 plan text is not allowed, 404 unknown plan, 422 with every diagnostic.
    func settle(
        _ request: InstanceRequest, from origin: RequestOrigin
    ) throws(ServiceError) -> InstanceSpecification {
        let source = try source(of: request, from: origin)
        do throws(PlanError) {
            let plan =
                try source.isTrusted
                ? Plan(parsing: source.text) : Plan(parsingUntrusted: source.text, stages: stages)
            let values = try admit(request.parameters ?? [:], to: plan, from: origin, isTrusted: source.isTrusted)
            return InstanceSpecification(
                plan: source.name, definition: plan, given: values, bound: try plan.binding(values),
                stages: stages)
        } catch {
            throw .invalidPlan(error.diagnostics)
        }
    }

    private func source(
        of request: InstanceRequest, from origin: RequestOrigin
    ) throws(ServiceError) -> (name: String, text: String, isTrusted: Bool) {
        switch (request.plan, request.text, origin) {
        case (let name?, nil, _):
            return (name, try plans.text(of: name), true)
        case (nil, let text?, .commandLine(let name)):
            return (name, text, true)
        case (nil, let text?, .api):
            guard policy.allowsPlanText else { throw .planTextNotAllowed }
            return (Self.textPlan, text, false)
        default:
            throw .invalidRequest("give either 'plan' or 'text'")
        }
    }

    /// The values as the plan takes them, or everything that is wrong with them at once.
    private func admit(
        _ given: [String: ParameterValue], to plan: Plan, from origin: RequestOrigin, isTrusted: Bool
    ) throws(PlanError) -> [String: ParameterValue] {
        var diagnostics: [Diagnostic] = []
        var admitted = given
        do throws(PlanError) {
            let bound = try plan.binding(given)
            if !isTrusted { diagnostics += bound.policyViolations(stages: stages) }
        } catch {
            diagnostics += error.diagnostics
        }
        if origin == .api {
            do throws(PlanError) {
                admitted = try plan.admitting(given, mediaDirectory: policy.mediaDirectory)
            } catch {
                diagnostics += error.diagnostics
            }
        }
        guard diagnostics.isEmpty else { throw PlanError(diagnostics) }
        return admitted
    }
}
