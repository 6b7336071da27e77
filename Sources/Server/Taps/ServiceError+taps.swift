import Plans
import WorkerLink

/// What can be wrong with asking for a tap's pictures.
extension ServiceError {
    static func badQuery(_ name: String, _ value: String, _ expected: String) -> Self {
        Self(.parameterInvalid, "\(name) is '\(value.prefix(40))', not \(expected)")
    }
    static func ambiguousQuery(_ name: String, _ one: String, _ other: String) -> Self {
        Self(.parameterInvalid, "\(name) is '\(one.prefix(40))' and '\(other.prefix(40))'; give one of them")
    }
    static func unknownQuery(_ name: String, known: [String]) -> Self {
        let hint = NearestName.hint(for: name, in: known) ?? "there are \(known.joined(separator: ", "))"
        return Self(.parameterInvalid, "there is no parameter '\(name.prefix(40))'; \(hint)")
    }
    static func noNewPicture(tap: String, instance: String, state: InstanceStateChange) -> Self {
        Self(
            .noPicture,
            "StreamTap \(tap) of instance \(instance) has had no new frame in time; the instance is \(state.state.rawValue)"
        )
    }
    static func noPicture(tap: String, instance: String, state: InstanceStateChange) -> Self {
        let why = [state.reason?.rawValue, state.message].compactMap(\.self).joined(separator: ": ")
        return Self(
            .noPicture,
            "StreamTap \(tap) of instance \(instance) has had no frame yet; the instance is "
                + state.state.rawValue + (why.isEmpty ? "" : " (\(why))"))
    }
    /// - Parameter wanted: how it was to be coded; nil: whatever way.
    static func notVideo(tap: String, instance: String, attachPoint: String, wanted: VideoCoding?) -> Self {
        Self(
            .notVideo,
            "StreamTap \(tap) of instance \(instance) has no \(wanted?.name ?? "video"): what comes to '\(attachPoint)' is not that; video as a "
                + "camera sends it is at a tap before the decoder, as in '! h264parse ! streamtap'")
    }
    /// Nobody but the camera chooses its size and rate.
    static func videoTooLarge(tap: String) -> Self {
        Self(
            .forbidden,
            "you may see StreamTap \(tap) up to a size or a rate, and video comes as the camera sends it; ask for stream.mjpeg"
        )
    }
    static func notDetecting(tap: String, instance: String, attachPoint: String) -> Self {
        Self(
            .notDetecting,
            "frames reach StreamTap \(tap) of instance \(instance) at '\(attachPoint)', before any stage that detects")
    }
}
