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
