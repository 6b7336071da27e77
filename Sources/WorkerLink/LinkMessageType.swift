/// What a message's fifth byte says. A message is: length u32 little-endian (of what follows it), type u8, payload.
public enum LinkMessageType: UInt8, Sendable {
    /// JSON.
    case control = 1
    /// `FrameCodec`'s layout.
    case frame = 2

    /// The largest `length` that this type may carry, bytes, type byte included.
    public var limit: Int {
        switch self {
        case .control: Link.controlLimit
        case .frame: Link.frameLimit
        }
    }
}

/// A message that breaks the rules of the wire.
public enum LinkError: Error, Hashable, Sendable {
    case unknownType(UInt8)
    case tooLong(length: Int, limit: Int)
    case malformed(String)
    case version(Int)
}
