/// Something about a source's pictures that is no fault, and that a viewer ought to know.
public enum SourceWarning: String, Hashable, Sendable, Codable, CaseIterable {
    /// Rows are of two moments.
    case interlaced
    /// Brightness is coded for a screen of high dynamic range, by SMPTE ST 2084 or ARIB STD-B67.
    case highDynamicRange = "high_dynamic_range"
    /// Of coded video no keyframe has come for longer than anybody keeps what follows one.
    case noKeyframe = "no_keyframe"

    /// In words, for people.
    public var message: String {
        switch self {
        case .interlaced: "its pictures are interlaced; write deinterlace before the first stage or tap"
        case .highDynamicRange:
            "its pictures are of high dynamic range; viewers see them tone-mapped, stages get them as they are"
        case .noKeyframe:
            "no keyframe has come in ten seconds: who begins to watch waits for one, or sees what can be decoded without; let the camera "
                + "send one every second or two"
        }
    }
}
