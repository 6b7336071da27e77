public import Plans

/// An instance, as far as people are told of it. Servers may say more, and viewers are told less.
public struct InstanceAnswer: Sendable, Decodable {
    /// Its name.
    public var id: String
    /// Of its plan.
    public var plan: String?
    /// Secrets are masked.
    public var parameters: [String: ParameterValue]?
    /// The server's configuration says that it runs.
    public var declared: Bool?
    /// `running`, `retrying`, …
    public var state: String
    /// When it entered its state: RFC 3339.
    public var since: String?
    /// When it was made: RFC 3339.
    public var createdAt: String?
    /// Why it is in that state, for programs.
    public var reason: String?
    /// The same for people.
    public var message: String?
    /// RFC 3339; while it waits for that.
    public var nextRetryAt: String?
    /// Workers after the first.
    public var restarts: Int?
    /// Frames a second.
    public var fps: Double?
    /// Milliseconds.
    public var lastFrameAgeMs: Int?
    /// Their ids.
    public var taps: [String]?
    /// Where its pictures come from.
    public var sources: [Source]?
    /// What happens to them.
    public var stages: [Stage]?
    /// What goes on with GStreamer.
    public var branches: [Branch]?

    enum CodingKeys: String, CodingKey {
        case id, plan, parameters, declared, state, since, reason, message, restarts, fps, taps, sources, stages,
            branches
        case createdAt = "created_at"
        case nextRetryAt = "next_retry_at"
        case lastFrameAgeMs = "last_frame_age_ms"
    }

    /// A camera or film of an instance.
    public struct Source: Sendable, Decodable {
        /// Of its element in the plan.
        public var name: String
        /// Its own.
        public var state: String?
        /// Why, for people.
        public var message: String?
        /// Frames a second.
        public var fps: Double?
        /// Milliseconds.
        public var lastFrameAgeMs: Int?
        /// Pictures that could not be decoded, or were damaged.
        public var decodeErrors: UInt64?
        /// Pictures that came faster than they could be taken.
        public var dropped: UInt64?
        /// What a viewer of its pictures ought to know.
        public var warnings: [String]?

        enum CodingKeys: String, CodingKey {
            case name, state, message, fps, dropped, warnings
            case lastFrameAgeMs = "last_frame_age_ms"
            case decodeErrors = "decode_errors"
        }
    }

    /// A vision stage.
    public struct Stage: Sendable, Decodable {
        /// Of its node in the plan.
        public var name: String
        /// Its kind.
        public var stage: String?
        /// Every option, as it is now.
        public var options: [String: ParameterValue]?
        /// Microseconds a frame.
        public var p50Us: Double?
        /// Microseconds of the slowest in a hundred.
        public var p99Us: Double?
        /// Frames that came while it was busy.
        public var dropped: UInt64?

        enum CodingKeys: String, CodingKey {
            case name, stage, options, dropped
            case p50Us = "p50_us"
            case p99Us = "p99_us"
        }
    }

    /// GStreamer's elements behind a stage, or beside the way to one.
    public struct Branch: Sendable, Decodable {
        /// Of its first node.
        public var name: String
        /// Its own.
        public var state: String?
        /// Why, for people.
        public var reason: String?
    }
}

/// `{"instances":[…]}`
public struct InstancesAnswer: Sendable, Decodable {
    /// In the order of their ids.
    public var instances: [InstanceAnswer]
}
