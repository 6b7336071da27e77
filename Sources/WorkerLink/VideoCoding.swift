/// Codings of video that a tap can stand at as they are.
public enum VideoCoding: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// ITU-T H.264, ISO/IEC 14496-10.
    case h264 = 1
    /// ITU-T H.265, ISO/IEC 23008-2.
    case h265 = 2

    /// As people and addresses have it: `h264`.
    public var name: String {
        switch self {
        case .h264: "h264"
        case .h265: "h265"
        }
    }
}
