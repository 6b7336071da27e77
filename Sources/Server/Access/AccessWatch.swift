import Logging
import ServiceLifecycle

/// Has what `streamtap user` and `token` change reach the running server, and what is over end. Runs as long as the server.
struct AccessWatch: Service {
    private static let interval = Duration.milliseconds(500)
    /// Rounds between two writes of what was used.
    private static let roundsBetweenWrites = 120
    /// Between two looks at the keys that others sign with.
    private static let keyInterval = Duration.seconds(10)

    let book: AccessBook
    /// Nil: nothing is kept, so nobody else changes it.
    let store: AccessStore?
    /// Nil: tokens that somebody else has signed are not taken.
    var signed: SignedTokens?
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await refreshKeys() }
                await lookAgainAndAgain()
            }
        }
        await keepSeen()
    }

    /// By itself: keys may be somewhere that takes its time to answer.
    private func refreshKeys() async {
        guard let signed else { return }
        repeat {
            await signed.refresh()
        } while (try? await Task.sleep(for: Self.keyInterval)) != nil
    }

    private func lookAgainAndAgain() async {
        /// Nil: what is known may be older than what is kept.
        var version: Int?
        var rounds = 0
        repeat {
            version = await look(knowing: version)
            book.review()
            rounds += 1
            if rounds.isMultiple(of: Self.roundsBetweenWrites) { await keepSeen() }
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    /// - Returns: which version is known then; nil: it is not.
    private func look(knowing version: Int?) async -> Int? {
        guard let store, let now = try? await store.version() else { return version }
        guard now != version || book.isStale else { return version }
        do {
            try await store.reload(book)
            if version != nil { logger.notice("users and tokens are other ones now") }
            return now
        } catch {
            logger.error("who may come in cannot be read, so it stays as it was: \(StateTrouble(error).words)")
            return nil
        }
    }

    private func keepSeen() async {
        guard let store else { return }
        let overdue = book.overdue
        let seen = book.takeSeen()
        guard !seen.sessions.isEmpty || !seen.tokens.isEmpty || !overdue.isEmpty else { return }
        // It is for people to look at; whoever misses it misses nothing else.
        try? await store.saw(sessions: seen.sessions, tokens: seen.tokens)
        guard !overdue.isEmpty, (try? await store.removeSessions(overdue)) != nil else { return }
        try? await store.reload(book)
    }
}
