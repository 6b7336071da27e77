public import Plans

/// What goes wrong in answering a person: a code for scripts, a message for people, and the HTTP status it becomes.
public struct ServiceError: Error, Sendable {
    public var status: Int
    /// For example `plan_invalid`; stable.
    public var code: String
    public var message: String
    public var details: [Diagnostic]

    public init(status: Int, code: String, message: String, details: [Diagnostic] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
    }
}

extension ServiceError {
    static func malformed(_ message: String) -> Self { Self(status: 400, code: "malformed", message: message) }
    static func unknownPlan(_ name: String) -> Self {
        Self(status: 404, code: "plan_unknown", message: "no plan is named '\(name)'")
    }
    static func unknownInstance(_ id: String) -> Self {
        Self(status: 404, code: "instance_unknown", message: "no instance is named '\(id)'")
    }
    static func unknownTap(_ tap: String, instance: String) -> Self {
        Self(status: 404, code: "tap_unknown", message: "StreamTap \(tap) not found for instance \(instance)")
    }
    static func instanceExists(_ id: String) -> Self {
        Self(status: 409, code: "instance_exists", message: "an instance named '\(id)' exists already")
    }
    static func invalidPlan(_ diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.count { $0.severity == .error }
        return Self(
            status: 422, code: "plan_invalid",
            message: errors == 1 ? "the plan has an error" : "the plan has \(errors) errors", details: diagnostics)
    }
}
