import Plans

/// Instances that the operator declares.
extension RequestResolver {
    /// With the plan as its file is now.
    ///
    /// - Throws: `ServiceError` `plan_unknown`, `plan_unreadable`, `plan_invalid` with every diagnostic, or `too_large`.
    func resolve(
        _ declared: DeclaredInstance
    ) throws(ServiceError) -> (request: InstanceRequest, specification: InstanceSpecification) {
        let text = try plans.text(of: declared.plan)
        let request: InstanceRequest
        do throws(PlanError) {
            let values = try Plan(parsing: text).values(parsing: declared.parameters)
            request = InstanceRequest(plan: declared.plan, parameters: values, secrets: declared.secrets)
        } catch {
            throw .invalidPlan(Redaction(planText: text).apply(to: error.diagnostics))
        }
        // The text that was looked at, whatever becomes of the file meanwhile.
        return (request, try resolve(request, from: .declared(declared), remembered: text))
    }

    /// What is shown of one that cannot be made.
    func unsound(_ declared: DeclaredInstance) -> InstanceSpecification {
        InstanceSpecification(
            unsound: "", plan: declared.plan, parameters: declared.parameters.mapValues { .string($0) })
    }
}
