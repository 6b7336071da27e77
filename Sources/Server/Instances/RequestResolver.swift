import Plans
import WorkerLink

/// Makes a request a specification, with every check that needs no worker.
struct RequestResolver: Sendable {
    var plans: PlanLibrary
    var policy: InstancePolicy
    /// Names of the vision stages, which the policy for text from the network has to know.
    var stages: Set<String>

    /// Plan name of a text that came without one; no plan of the directory can be named so.
    static let textPlan = "(text)"

    /// What a request runs.
    private struct Source {
        var name: String
        var text: String
        var isTrusted: Bool
    }

    /// - Parameter remembered: the text of the plan that the request names, as it was; nil: as its file is.
    /// - Throws: `ServiceError` `plan_text_not_allowed`, `plan_unknown`, `plan_invalid` with every diagnostic, or `too_large`.
    func resolve(
        _ request: InstanceRequest, from origin: RequestOrigin, remembered: String? = nil
    ) throws(ServiceError) -> InstanceSpecification {
        let specification = try specification(of: request, from: origin, remembered)
        // No worker could ever be told.
        guard specification.fitsTheLink else { throw .tooLargeForWorker }
        return specification
    }

    private func specification(
        of request: InstanceRequest, from origin: RequestOrigin, _ remembered: String?
    ) throws(ServiceError) -> InstanceSpecification {
        let source = try source(of: request, from: origin, remembered)
        var redaction = Redaction(planText: source.text)
        do throws(PlanError) {
            let plan =
                try source.isTrusted
                ? Plan(parsing: source.text)
                : Plan(parsingUntrusted: source.text, stages: stages, addresses: policy.cameras)
            redaction = plan.redaction(values: request.parameters ?? [:])
            let (values, stored) = try values(of: request, for: plan, from: origin, isTrusted: source.isTrusted)
            redaction = plan.redaction(values: values)
            return InstanceSpecification(
                plan: source.name, definition: plan, given: values, stored: stored, bound: try plan.binding(values),
                stages: stages, isUntrusted: !source.isTrusted, cameras: cameras(request, source, from: origin))
        } catch {
            throw .invalidPlan(redaction.apply(to: error.diagnostics))
        }
    }

    /// What is shown of an instance that would not be let in any more.
    func unsound(_ record: RememberedInstance) -> InstanceSpecification {
        let name = record.plan ?? Self.textPlan
        guard let plan = try? Plan(parsing: record.text) else {
            return InstanceSpecification(unsound: record.text, plan: name, parameters: record.parameters)
        }
        return InstanceSpecification(
            plan: name, definition: plan, given: record.parameters, bound: plan, stages: stages,
            isUntrusted: record.plan == nil, cameras: nil)
    }

    private func source(
        of request: InstanceRequest, from origin: RequestOrigin, _ remembered: String?
    ) throws(ServiceError) -> Source {
        switch (request.plan, request.text, origin) {
        case (let name?, nil, _):
            if let remembered { return Source(name: name, text: remembered, isTrusted: true) }
            return Source(name: name, text: try plans.text(of: name), isTrusted: true)
        case (nil, let text?, .commandLine(let name)):
            return Source(name: name, text: text, isTrusted: true)
        case (nil, let text?, .api):
            guard policy.allowsPlanText else { throw .planTextNotAllowed }
            return Source(name: Self.textPlan, text: text, isTrusted: false)
        default:
            throw .invalidRequest("give either 'plan' or 'text'")
        }
    }

    /// The values as the plan takes them, stored secrets among them, and what those are called; or everything that is wrong with
    /// them at once.
    private func values(
        of request: InstanceRequest, for plan: Plan, from origin: RequestOrigin, isTrusted: Bool
    ) throws(PlanError) -> (values: [String: ParameterValue], stored: [String: String]) {
        let given = request.parameters ?? [:]
        var diagnostics: [Diagnostic] = []
        var secrets: [String: ParameterValue] = [:]
        do throws(PlanError) {
            secrets = try storedSecrets(of: request, for: plan, from: origin, isTrusted: isTrusted)
        } catch {
            diagnostics += error.diagnostics
        }
        do throws(PlanError) {
            let bound = try plan.binding(given.merging(secrets) { $1 })
            if !isTrusted { diagnostics += bound.policyViolations(stages: stages, addresses: policy.cameras) }
        } catch {
            // A secret that is refused is not missing as well.
            let told = Set(diagnostics.map(\.range))
            diagnostics += error.diagnostics.filter { $0.code != .missingParameter || !told.contains($0.range) }
        }
        var admitted = given
        if origin == .api {
            do throws(PlanError) {
                admitted = try plan.admitting(
                    given, mediaDirectory: policy.mediaDirectory, cameras: policy.cameras)
            } catch {
                diagnostics += error.diagnostics
            }
        }
        guard diagnostics.isEmpty else { throw PlanError(diagnostics) }
        var stored: [String: String] = [:]
        for declaration in plan.parameters where secrets[declaration.name] != nil {
            stored[declaration.name] = request.secrets[declaration.name] ?? declaration.secret
        }
        return (admitted.merging(secrets) { $1 }, stored)
    }

    private func storedSecrets(
        of request: InstanceRequest, for plan: Plan, from origin: RequestOrigin, isTrusted: Bool
    ) throws(PlanError) -> [String: ParameterValue] {
        guard isTrusted || request.secrets.isEmpty else {
            throw PlanError(
                request.secrets.keys.sorted().map { name in
                    Diagnostic(
                        .error, .secretNotAllowed, at: plan.place(of: name),
                        "plan text from the network cannot use the operator's secrets",
                        hint: "give the value itself, or use a plan of the plans directory")
                })
        }
        let given = Set((request.parameters ?? [:]).keys)
        return try policy.secrets.values(
            for: plan, named: request.secrets, given: given, received: origin == .api ? given : [])
    }

    /// Which addresses the worker has to ask about once it knows where they lead.
    private func cameras(_ request: InstanceRequest, _ source: Source, from origin: RequestOrigin) -> CameraRule? {
        guard origin == .api else { return nil }
        return CameraRule(
            policy: policy.cameras, parameters: source.isTrusted ? Set((request.parameters ?? [:]).keys) : nil)
    }
}
