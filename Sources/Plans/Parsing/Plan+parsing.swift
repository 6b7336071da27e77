extension Plan {
    /// Parses a plan's text.
    ///
    /// - Throws: `PlanError` with every problem that the text alone shows.
    public init(parsing text: String) throws(PlanError) {
        throw PlanError([])
    }

    /// The plan with every `${name}` settled to a value: the one given, else the declared default.
    ///
    /// A value stays a value: whatever bytes it holds, the graph's shape is the same.
    /// - Throws: `PlanError` for unknown, missing, ill-typed and out-of-range parameters, all at once.
    public func binding(_ values: [String: ParameterValue]) throws(PlanError) -> Plan {
        throw PlanError([])
    }
}
