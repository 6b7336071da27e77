/// A tap's numbers as viewers, the API and `/metrics` show them. Keys are a contract.
public struct TapMetrics: Sendable, Hashable, Codable {
    public var tapID: String
    /// Node id.
    public var attachPoint: String
    /// Frames that reached the tap, over all restarts.
    public var frameCount: UInt64
    public var hasFrame: Bool
    /// Since the instance was created, restarts included.
    public var uptimeSeconds: Double
    /// Frames per second over the last second or so; 0 once they stop coming.
    public var fps: Double
    /// Size of the newest frame, pixels; 0 before the first.
    public var width: Int
    public var height: Int
    public var viewers: Int
    public var encoded: UInt64
    /// Due encodes that were lost because the encoders were busy.
    public var dropped: UInt64
    /// Pictures that were encoded but not sent to a viewer because it was slow.
    public var skipped: UInt64
    /// Nil before the first frame.
    public var lastFrameAgeMs: Int?

    enum CodingKeys: String, CodingKey {
        case fps, width, height, viewers, encoded, dropped, skipped
        case tapID = "tap_id"
        case attachPoint = "attach_point"
        case frameCount = "frame_count"
        case hasFrame = "has_frame"
        case uptimeSeconds = "uptime_seconds"
        case lastFrameAgeMs = "last_frame_age_ms"
    }
}
