import Logging

extension ServerParts {
    /// - Throws: `ServiceError` when the worker cannot be run.
    init(_ configuration: ServerConfiguration, logger: Logger) async throws {
        self.init(
            registry: StreamTapRegistry(), manager: InstanceManager(),
            library: PlanLibrary(directory: configuration.plansDirectory))
    }
}
