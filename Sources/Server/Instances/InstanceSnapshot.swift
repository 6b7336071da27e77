public import Plans

/// An instance as the API shows it. Keys are a contract.
public struct InstanceSnapshot: Sendable, Hashable, Codable {
    public var id: String
    public var plan: String
    /// Secrets and userinfo are masked.
    public var parameters: [String: ParameterValue]
    public var state: InstanceState
    /// RFC 3339 UTC with milliseconds.
    public var since: String
    public var reason: String?
    public var message: String?
    public var nextRetryAt: String?
    public var restarts: Int
    public var fps: Double
    public var lastFrameAgeMs: Int?
    public var taps: [String]
    public var stages: [Stage]
    public var branches: [Branch]

    public struct Stage: Sendable, Hashable, Codable {
        public var name: String
        public var stage: String
        /// Every option with its value now.
        public var options: [String: ParameterValue]
        /// Time a frame, microseconds, over the last few seconds; 0 before the first.
        public var p50Us: Double
        public var p99Us: Double
        /// Frames of the current worker that were lost because the stage could not work on them.
        public var failed: UInt64

        enum CodingKeys: String, CodingKey {
            case name, stage, options, failed
            case p50Us = "p50_us"
            case p99Us = "p99_us"
        }
    }

    public struct Branch: Sendable, Hashable, Codable {
        public var name: String
        public var state: String
        public var reason: String?
    }

    enum CodingKeys: String, CodingKey {
        case id, plan, parameters, state, since, reason, message, restarts, fps, taps, stages, branches
        case nextRetryAt = "next_retry_at"
        case lastFrameAgeMs = "last_frame_age_ms"
    }
}
