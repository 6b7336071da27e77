extension Plan {
    /// Parses text that arrived over the network: the strict limits, then the policy.
    ///
    /// Ask `policyViolations` again once parameters are bound: their values are from the network as well.
    /// - Parameters:
    ///   - stages: the names that are vision stages.
    ///   - addresses: where cameras may be.
    /// - Throws: `PlanError` with every problem of the text; when it has none, with everything that the policy refuses.
    public init(
        parsingUntrusted text: String, stages: Set<String>, addresses: AddressPolicy = AddressPolicy()
    ) throws(PlanError) {
        try self.init(parsing: text, limits: .untrusted)
        let violations = policyViolations(stages: stages, addresses: addresses)
        if !violations.isEmpty { throw PlanError(violations) }
    }

    /// What text from the network may not do and this plan does: elements, properties and values that are not in the
    /// policy's tables. Bound parameters are checked with their values, others with their defaults.
    ///
    /// - Parameters:
    ///   - stages: the names that are vision stages.
    ///   - addresses: where cameras may be.
    /// - Returns: errors, in the order of the text; empty when the plan obeys. Each hint names the rule.
    public func policyViolations(
        stages: Set<String>, addresses: AddressPolicy = AddressPolicy()
    ) -> [Diagnostic] {
        var check = PolicyCheck(plan: self, stages: stages, addresses: addresses)
        check.run()
        return check.diagnostics.sorted
    }
}
