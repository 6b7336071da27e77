import Logging

/// Every instance of this server: creates, replaces, lists, deletes and supervises them.
public actor InstanceManager {
    /// Creates and starts an instance; returns after the worker has compiled the plan (or 2 s).
    ///
    /// - Throws: `ServiceError` 404 unknown plan, 409 id in use, 422 the plan or a parameter is wrong, 503 limits.
    public func create(_ request: InstanceRequest) async throws(ServiceError) -> InstanceSnapshot {
        throw .malformed("not built yet")
    }

    /// Makes instance `id` be what `request` says: equal changes nothing, different restarts, stopping is waited for.
    public func replace(_ id: String, with request: InstanceRequest) async throws(ServiceError) -> InstanceSnapshot {
        throw .malformed("not built yet")
    }

    public func instances() -> [InstanceSnapshot] { [] }

    public func instance(_ id: String) throws(ServiceError) -> InstanceSnapshot { throw .unknownInstance(id) }

    /// Begins to stop; the instance is gone once its worker is.
    public func delete(_ id: String) throws(ServiceError) -> InstanceSnapshot { throw .unknownInstance(id) }

    /// Ends all workers in parallel: `stop` at once, SIGTERM at 2 s, SIGKILL at 2.5 s.
    public func shutdown() async {}
}
