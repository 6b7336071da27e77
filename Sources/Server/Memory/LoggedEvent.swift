import Foundation

/// Something that has happened, as `GET /api/vp/events` tells of it. Keys are a contract.
package struct LoggedEvent: Sendable, Hashable, Encodable {
    /// What happened; the raw value is a contract.
    package enum Kind: String, Sendable, CaseIterable, Encodable {
        /// The server has begun.
        case serverStarted = "server_started"
        /// It was told to end.
        case serverStopped = "server_stopped"
        /// Somebody has made an instance.
        case created
        /// Somebody has made it another one.
        case replaced
        /// Somebody had it start again.
        case restarted
        /// Somebody has given a stage other options.
        case changed
        /// Somebody has ended it.
        case deleted
        /// It is in another state, or in it for another reason.
        case state
        /// A camera was plugged in at this machine.
        case deviceAdded = "device_added"
        /// One was unplugged.
        case deviceRemoved = "device_removed"
        /// Events that could not be kept.
        case lost
    }

    /// Rises from one to the next, over restarts too; 0 before it is kept.
    package var id: Int64 = 0
    /// Unix microseconds.
    package var at: Int64
    /// Nil: the server itself.
    package var instance: String?
    /// What happened.
    package var kind: Kind
    /// Of the kind `state`.
    package var state: InstanceState?
    /// A `FailureReason`; nil while nothing is the matter.
    package var reason: String?
    /// For people.
    package var message: String?
    /// Who has asked for it: an `Initiator`'s name; nil where nobody has.
    package var by: String?

    init(
        _ kind: Kind, of instance: String? = nil, state: InstanceState? = nil, reason: String? = nil,
        message: String? = nil, by: String? = nil, at: Int64 = LoggedEvent.now
    ) {
        self.at = at
        self.instance = instance
        self.kind = kind
        self.state = state
        self.reason = reason
        self.message = message
        self.by = by
    }

    /// Unix microseconds.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    enum CodingKeys: String, CodingKey { case id, at, instance, kind, state, reason, message, by }

    /// Writes `at` as RFC 3339 UTC with milliseconds.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(Instant.text(at), forKey: .at)
        try container.encodeIfPresent(instance, forKey: .instance)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(state, forKey: .state)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encodeIfPresent(message, forKey: .message)
        try container.encodeIfPresent(by, forKey: .by)
    }
}

/// Which events somebody wants.
struct EventQuery: Sendable, Hashable {
    /// What they come after.
    enum Start: Sendable, Hashable {
        case id(Int64)
        /// Unix microseconds.
        case time(Int64)
    }

    static let highestLimit = 1000

    /// Nil: of all, and the server's own.
    var instance: String?
    /// Nil: the newest.
    var since: Start?
    var limit = 100
}
