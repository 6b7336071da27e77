import Plans

extension InstanceSpecification {
    /// Plan name of a text that came without one; no plan of the directory can be named so.
    static let textPlan = "(text)"

    /// Settles a request, with every check that needs no worker.
    ///
    /// - Throws: `ServiceError` 403 plan text is not allowed, 404 unknown plan, 422 with every diagnostic.
    init(
        resolving request: InstanceRequest, from origin: RequestOrigin, plans: PlanLibrary, policy: InstancePolicy
    ) throws(ServiceError) {
        let name: String
        let text: String
        switch (request.plan, request.text) {
        case (let plan?, nil):
            name = plan
            text = try plans.text(of: plan)
        case (nil, let given?):
            switch origin {
            case .api:
                guard policy.allowsPlanText else { throw .planTextNotAllowed }
                name = Self.textPlan
            case .commandLine(let plan):
                name = plan
            }
            text = given
        default:
            throw .invalidRequest("give either 'plan' or 'text'")
        }
        try self.init(plan: name, text: text, given: request.parameters ?? [:], from: origin, policy: policy)
    }

    private init(
        plan name: String, text: String, given: [String: ParameterValue], from origin: RequestOrigin,
        policy: InstancePolicy
    ) throws(ServiceError) {
        let plan = try Self.parsed(text)
        let given = try Self.admitted(given, by: plan, from: origin, policy: policy)
        var values: [String: ParameterValue] = [:]
        for declaration in plan.parameters {
            values[declaration.name] = given[declaration.name] ?? declaration.default
        }
        let redaction = Redaction(secrets: Self.secrets(of: plan, values: values))
        self.init(
            plan: name, text: text, parameters: values,
            shownParameters: Self.shown(values, of: plan, redaction: redaction),
            taps: plan.graph.sideTaps.map(\.nodeID), redaction: redaction)
    }

    private static func parsed(_ text: String) throws(ServiceError) -> Plan {
        do {
            return try Plan(parsing: text)
        } catch {
            throw .invalidPlan(error.diagnostics)
        }
    }

    /// The values as the plan takes them, or everything that is wrong with them at once.
    private static func admitted(
        _ given: [String: ParameterValue], by plan: Plan, from origin: RequestOrigin, policy: InstancePolicy
    ) throws(ServiceError) -> [String: ParameterValue] {
        var diagnostics: [Diagnostic] = []
        var admitted = given
        do throws(PlanError) {
            _ = try plan.binding(given)
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
        guard diagnostics.isEmpty else { throw .invalidPlan(diagnostics) }
        return admitted
    }

    private static func secrets(of plan: Plan, values: [String: ParameterValue]) -> [String] {
        plan.parameters.flatMap { declaration -> [String] in
            guard case .string(let text)? = values[declaration.name] else { return [] }
            return declaration.format == .secret ? [text] : Redaction.secrets(inAddress: text)
        }
    }

    private static func shown(
        _ values: [String: ParameterValue], of plan: Plan, redaction: Redaction
    ) -> [String: ParameterValue] {
        var shown = values
        for declaration in plan.parameters {
            guard case .string(let text)? = values[declaration.name] else { continue }
            let masked = declaration.format == .secret ? Redaction.mask : redaction.apply(to: text)
            shown[declaration.name] = .string(masked)
        }
        return shown
    }
}

extension ServiceError {
    static func invalidRequest(_ message: String) -> Self {
        Self(status: 422, code: "request_invalid", message: message)
    }
    static func invalidName(_ name: String) -> Self {
        Self(
            status: 422, code: "name_invalid",
            message: "'\(name.prefix(80))' is no name: 1 to 64 of a-z, 0-9, - and _, a letter or digit first")
    }
    static var planTextNotAllowed: Self {
        Self(
            status: 403, code: "plan_text_not_allowed",
            message: "this server runs only the plans of its plans directory; name one with 'plan'")
    }
    static func tooManyInstances(_ limit: Int) -> Self {
        Self(status: 503, code: "too_many_instances", message: "\(limit) instances exist, which is the limit")
    }
    static var shuttingDown: Self {
        Self(status: 503, code: "shutting_down", message: "the server is stopping")
    }
}
