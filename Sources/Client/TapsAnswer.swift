/// `{"taps":{…}}` of one instance.
public struct TapsAnswer: Sendable, Decodable {
    /// A tap's numbers.
    public struct Tap: Sendable, Decodable {
        /// The node that it hangs on.
        public var attachPoint: String?
        /// Over all restarts.
        public var frameCount: UInt64?
        /// Frames a second.
        public var fps: Double?
        /// Pixels; 0 before the first frame.
        public var width: Int?
        /// Pixels.
        public var height: Int?
        /// Just now.
        public var viewers: Int?
        /// Due pictures that were lost.
        public var dropped: UInt64?
        /// Pictures that slow viewers did not get.
        public var skipped: UInt64?
        /// Milliseconds; nil before the first frame.
        public var lastFrameAgeMs: Int?

        enum CodingKeys: String, CodingKey {
            case fps, width, height, viewers, dropped, skipped
            case attachPoint = "attach_point"
            case frameCount = "frame_count"
            case lastFrameAgeMs = "last_frame_age_ms"
        }
    }

    /// By their ids.
    public var taps: [String: Tap]
}

/// `{"instances":{"door":{"taps":{…}}}}`
public struct AllTapsAnswer: Sendable, Decodable {
    /// By the instances' ids.
    public var instances: [String: TapsAnswer]
}
