import Client

extension ServerClient {
    /// Hands over what becomes of the server, over losses of the connection too, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - lost: is told why a connection has ended, once until there is another.
    ///   - body: gets each event; a new connection begins with a snapshot.
    /// - Throws: `ClientError` where the first connection does not come about, or where another try would end alike; and what `body`
    ///   throws of its own.
    func follow(lost: (ClientError) -> Void, _ body: (ServerSentEvent) async throws -> Void) async throws {
        var wait = Duration.milliseconds(500)
        var hasBegun = false
        var isTold = false
        while true {
            do {
                try await events { event in
                    (hasBegun, isTold, wait) = (true, false, .milliseconds(500))
                    try await body(event)
                }
            } catch let error as ClientError where hasBegun && error.isPassing {
                if !isTold { lost(error) }
                isTold = true
            }
            try await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(10))
        }
    }
}
