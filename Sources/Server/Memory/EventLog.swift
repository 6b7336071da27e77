import Dispatch
import Foundation
import GRDB
import Logging
import Synchronization

/// What has happened, for whoever asks later. Nobody waits for it: what happens is written a moment afterwards, and the
/// oldest goes where there is too much.
final class EventLog: Sendable {
    /// How much is kept.
    struct Limits: Sendable, Hashable {
        /// Microseconds: 30 days.
        var age: Int64 = 30 * 86_400 * 1_000_000
        /// In all.
        var count = 100_000
        /// Of one instance.
        var countOfInstance = 10_000
        /// Events between two looks at the above.
        var round = 500
        /// Events that wait to be written.
        var waiting = 2000
    }

    private struct State {
        var waiting: [LoggedEvent] = []
        var lost = 0
        var isScheduled = false
        var unpruned = 0

        mutating func shorten(to count: Int) {
            guard waiting.count > count else { return }
            lost += waiting.count - count
            waiting.removeFirst(waiting.count - count)
        }
    }

    private static let delay = DispatchTimeInterval.milliseconds(250)
    /// After one that failed.
    private static let longDelay = DispatchTimeInterval.seconds(2)

    private let database: DatabaseQueue?
    private let limits: Limits
    private let queue = DispatchQueue(label: "streamtap.events")
    private let state = Mutex(State())

    /// - Parameter database: migrated; nil: nothing can be kept, not even in memory.
    init(_ database: DatabaseQueue?, limits: Limits = Limits()) {
        self.database = database
        self.limits = limits
        queue.async { try? database?.write { try $0.prune(limits, at: LoggedEvent.now) } }
    }

    /// One that ends with the process.
    static func inMemory(limits: Limits = Limits()) -> EventLog {
        let database = try? DatabaseQueue()
        if let database { try? EventSchema.migrator.migrate(database) }
        return EventLog(database, limits: limits)
    }

    /// From anywhere, and without waiting.
    func append(_ event: LoggedEvent) {
        let isFirst = state.withLock { state in
            state.waiting.append(event)
            state.shorten(to: limits.waiting)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.asyncAfter(deadline: .now() + Self.delay) { self.write() } }
    }

    /// - Returns: oldest first; without `since` the newest of all, otherwise those that come next.
    /// - Throws: `ServiceError` `state_unavailable`.
    func events(_ query: EventQuery) async throws(ServiceError) -> [LoggedEvent] {
        let result: Result<[LoggedEvent], StateTrouble> = await withCheckedContinuation { continuation in
            queue.async {
                self.write()
                do {
                    continuation.resume(returning: .success(try self.database?.read { try $0.events(query) } ?? []))
                } catch {
                    continuation.resume(returning: .failure(StateTrouble(error)))
                }
            }
        }
        do {
            return try result.get()
        } catch {
            throw ServiceError(.stateUnavailable, "the log of events cannot be read: \(error.words)")
        }
    }

    /// Writes what waits, and lets the file be one file again; nothing is kept afterwards.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.write()
                try? self.database?.close()
                continuation.resume()
            }
        }
    }

    private func write() {
        let (events, lost, prunes) = state.withLock { state in
            state.isScheduled = false
            state.unpruned += state.waiting.count
            let prunes = state.unpruned >= limits.round
            if prunes { state.unpruned = 0 }
            defer { (state.waiting, state.lost) = ([], 0) }
            return (state.waiting, state.lost, prunes)
        }
        guard !events.isEmpty || lost > 0 else { return }
        do {
            try database?.write { database in
                if lost > 0 {
                    try database.insert(LoggedEvent(.lost, message: "\(lost) events could not be kept"))
                }
                for event in events { try database.insert(event) }
                if prunes { try database.prune(limits, at: LoggedEvent.now) }
            }
        } catch {
            let isFirst = state.withLock { state in
                state.waiting = events + state.waiting
                state.lost += lost
                state.shorten(to: limits.waiting)
                defer { state.isScheduled = true }
                return !state.isScheduled
            }
            if isFirst { queue.asyncAfter(deadline: .now() + Self.longDelay) { self.write() } }
        }
    }
}
