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
        public var p50Us: Double
        public var p99Us: Double

        enum CodingKeys: String, CodingKey {
            case name, stage
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
