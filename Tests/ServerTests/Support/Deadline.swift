/// What was waited for did not come.
struct DeadlineExceeded: Error {}

/// Runs `body`, but not for ever.
func within<T: Sendable>(
    _ time: Duration = .seconds(20), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { tasks in
        tasks.addTask(operation: body)
        tasks.addTask {
            try await Task.sleep(for: time)
            throw DeadlineExceeded()
        }
        defer { tasks.cancelAll() }
        guard let first = try await tasks.next() else { throw DeadlineExceeded() }
        return first
    }
}
