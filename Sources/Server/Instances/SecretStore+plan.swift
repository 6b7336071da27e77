public import Plans

extension SecretStore {
    /// The values of a plan's parameters that are stored secrets.
    ///
    /// - Parameters:
    ///   - named: parameter → secret, as somebody asked for.
    ///   - given: parameters that have a value; what the plan says of a secret does not count for them.
    ///   - received: parameters whose values came over the API. No secret goes where such a value leads: whoever reaches
    ///     the port could have it sent to a host of their own.
    /// - Throws: `PlanError` `unknown_secret`, `secret_not_allowed`, `unknown_parameter` or `parameter_format`, all at
    ///   once.
    public func values(
        for plan: Plan, named: [String: String], given: Set<String>, received: Set<String> = []
    ) throws(PlanError) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        var problems: [Diagnostic] = []
        func report(_ code: Diagnostic.Code, _ parameter: String, _ message: String, hint: String? = nil) {
            problems.append(Diagnostic(.error, code, at: plan.place(of: parameter), message, hint: hint))
        }
        let known = plan.parameters.map(\.name)
        for name in named.keys.sorted() where !known.contains(name) {
            report(
                .unknownParameter, name, "the plan has no parameter '\(name.prefix(80))'",
                hint: NearestName.hint(for: name, in: known))
        }
        for declaration in plan.parameters {
            let own = given.contains(declaration.name) ? nil : declaration.secret
            guard let secret = named[declaration.name] ?? own else { continue }
            guard declaration.format == .secret else {
                report(
                    .parameterFormat, declaration.name, "'\(declaration.name)' takes no stored secret",
                    hint: "declare it with format: secret")
                continue
            }
            let led = plan.addresses(beside: declaration.name).intersection(received).sorted()
            guard led.isEmpty else {
                report(
                    .secretNotAllowed, declaration.name,
                    "the stored secret of '\(declaration.name)' goes to no address that came over the API",
                    hint: "write the address into the plan, or give the value itself besides '\(led[0])'")
                continue
            }
            do throws(Problem) {
                values[declaration.name] = .string(try value(of: secret))
            } catch {
                report(.unknownSecret, declaration.name, error.message, hint: error.hint)
            }
        }
        guard problems.isEmpty else { throw PlanError(problems) }
        return values
    }
}
