/// Why one of several sources gives nothing, while its worker builds it anew by itself and the others go on.
public struct SourceTrouble: Hashable, Sendable {
    /// What people and scripts may switch over.
    public var reason: FailureReason
    /// The same in the camera's own words; credentials are masked.
    public var message: String
    /// When it is tried again, CLOCK_MONOTONIC nanoseconds; nil while it is being tried, or the attempt before is not gone yet.
    public var nextRetry: Int64?

    /// What failed last, and what comes next.
    public init(_ reason: FailureReason, _ message: String, nextRetry: Int64? = nil) {
        self.reason = reason
        self.message = message
        self.nextRetry = nextRetry
    }
}
