/// A tap's numbers as viewers, the API and `/metrics` show them. Keys are a contract.
package struct TapMetrics: Sendable, Hashable, Codable {
    /// The tap's id, which is its node's name.
    package var tapID: String
    /// Node id.
    package var attachPoint: String
    /// Frames that reached the tap, over all restarts.
    package var frameCount: UInt64
    /// Whether a frame has come at all.
    package var hasFrame: Bool
    /// Since the instance was created, restarts included.
    package var uptimeSeconds: Double
    /// Frames per second over the last second or so; 0 once they stop coming.
    package var fps: Double
    /// Size of the newest frame, pixels; 0 before the first.
    package var width: Int
    /// Its other side, pixels.
    package var height: Int
    /// Just now.
    package var viewers: Int
    /// Pictures made, over all restarts.
    package var encoded: UInt64
    /// Due pictures that were lost: the encoders were busy, or a newer one took their place on the link.
    package var dropped: UInt64
    /// Pictures that were encoded but not sent to a viewer because it was slow.
    package var skipped: UInt64
    /// Nil before the first frame.
    package var lastFrameAgeMs: Int?
    /// How the video there is coded, as in `stream.h264`; nil where pictures come.
    package var video: String?
    /// What is done for it just now, and why.
    package var levels: TapLevels
    /// Nil at a tap before any stage that detects.
    package var detectionCounts: DetectionCounts?

    /// What was found, over all restarts.
    package struct DetectionCounts: Sendable, Hashable, Codable {
        /// Frames that had passed a detecting stage.
        package var frames: UInt64
        /// Those of them in which something was found.
        package var framesWithDetections: UInt64
        /// Everything that was found.
        package var detections: UInt64

        enum CodingKeys: String, CodingKey {
            case frames, detections
            case framesWithDetections = "frames_with_detections"
        }
    }

    enum CodingKeys: String, CodingKey {
        case fps, width, height, viewers, encoded, dropped, skipped, video, levels
        case tapID = "tap_id"
        case attachPoint = "attach_point"
        case frameCount = "frame_count"
        case hasFrame = "has_frame"
        case uptimeSeconds = "uptime_seconds"
        case lastFrameAgeMs = "last_frame_age_ms"
        case detectionCounts = "detection_counts"
    }
}
