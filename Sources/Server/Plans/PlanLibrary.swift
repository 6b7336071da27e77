import Plans

/// The plans of the plans directory, read from disk when asked for, so that an edited file is seen at once.
public struct PlanLibrary: Sendable {
    /// Directory that holds NAME.plan files.
    public let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// Names in alphabetical order.
    public func names() throws -> [String] { [] }

    /// - Throws: `ServiceError` 404 when there is no such plan.
    public func text(of name: String) throws(ServiceError) -> String { throw .unknownPlan(name) }
}
