import Hummingbird
import Plans

/// `/api/vp/plans`
struct PlanRoutes {
    let library: PlanLibrary
    let catalog: PlanCatalog
    /// Names of the vision stages, which tell a stage from an element.
    let stages: Set<String>
    /// Whether the API takes a plan's text, to start an instance from it or to look at it.
    let allowsPlanText: Bool
    /// Where cameras may be that text from the network names.
    let cameras: @Sendable () -> AddressPolicy
    /// Everything about a plan that needs GStreamer.
    let check: @Sendable (String) async throws -> [Diagnostic]

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/api/vp/plans", [.get: .read(list)])
        router.endpoint("/api/vp/plans/{plan}", [.get: .read(show)])
        router.endpoint("/api/vp/plans/validate", [.post: .administer(validate)])
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        // Whether whoever asks may write one.
        let mayWrite = allowsPlanText && (try? context.caller.allow(.administer)) != nil
        let text = "{\"allows_plan_text\":\(mayWrite),\"plans\":\(try catalog.listing().json)}"
        return .json(text: text, ifChangedSince: request)
    }

    @Sendable private func show(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable {
            var name: String
            var text: String
            var parameters: [ParameterDeclaration]
            var diagnostics: [Diagnostic]
        }
        let name = context.part("plan")
        let text = try library.text(of: name)
        let redaction = Redaction(planText: text)
        let shown = redaction.shownPlanText(text)
        do throws(PlanError) {
            // Places are those of the text as it is shown, unless a mask there is no YAML.
            var plan = try Plan(parsing: text)
            if let same = try? Plan(parsing: shown) { plan = same }
            return answer(
                Answer(
                    name: name, text: shown, parameters: plan.shownParameters,
                    diagnostics: redaction.apply(to: plan.warnings)),
                with: plan.graph)
        } catch {
            return answer(
                Answer(name: name, text: shown, parameters: [], diagnostics: redaction.apply(to: error.diagnostics)),
                with: PlanGraph())
        }
    }

    @Sendable private func validate(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Body: RequestBody {
            static let keys = ["text"]
            var text: String
        }
        struct Answer: Encodable {
            var valid: Bool
            var diagnostics: [Diagnostic]
            var title: String?
            var parameters: [ParameterDeclaration]
        }
        guard allowsPlanText else { throw ServiceError.planTextNotAllowed }
        let text = try await JSONBody.decode(Body.self, from: request).text
        var parsed: Plan?
        var diagnostics: [Diagnostic]
        do {
            let plan = try Plan(parsing: text, limits: .untrusted)
            parsed = plan
            // The worker sets what the text says on real elements: only what the policy allows gets that far.
            diagnostics = plan.policyViolations(stages: stages, addresses: cameras())
            if diagnostics.isEmpty { diagnostics = try await check(text) }
            for warning in plan.warnings where !diagnostics.contains(warning) { diagnostics.append(warning) }
        } catch let error as PlanError {
            diagnostics = error.diagnostics
        }
        diagnostics = Redaction(planText: text).apply(to: diagnostics)
        diagnostics.sort { ($0.line, $0.column) < ($1.line, $1.column) }
        return answer(
            Answer(
                valid: !diagnostics.contains { $0.severity == .error }, diagnostics: diagnostics,
                title: parsed?.title, parameters: parsed?.shownParameters ?? []),
            with: parsed?.graph ?? PlanGraph())
    }

    private func answer(_ content: some Encodable, with graph: PlanGraph) -> Response {
        .json(AnswerWithGraph(content: content, graph: PlanDescription(graph, stages: stages)))
    }
}

/// An object with the graph's keys among its own.
private struct AnswerWithGraph<Content: Encodable>: Encodable {
    var content: Content
    var graph: PlanDescription

    func encode(to encoder: any Encoder) throws {
        try content.encode(to: encoder)
        try graph.encode(to: encoder)
    }
}
