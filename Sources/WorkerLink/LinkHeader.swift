/// Constants of the wire.
package enum Link {
    /// Raised whenever either side could misread the other.
    package static let version = 8
    /// Largest control message or report of progress, bytes, its type byte included.
    package static let controlLimit = 1 << 20
    /// Largest frame message, bytes, its type byte included.
    package static let frameLimit = 32 << 20
}

/// What a message's payload is: the header's fifth byte.
package enum LinkMessageType: UInt8, Sendable {
    /// JSON of a `ServerMessage` or `WorkerMessage`.
    case control = 1
    /// `FrameCodec`'s layout.
    case frame = 2
    /// `Progress`, its values one after the other.
    case progress = 3
    /// `UnitCodec`'s layout.
    case unit = 4

    /// The largest stated length that this type may carry, bytes, type byte included.
    package var limit: Int {
        switch self {
        case .control, .progress: Link.controlLimit
        case .frame, .unit: Link.frameLimit
        }
    }
}

/// A message that breaks the rules of the wire.
package enum LinkError: Error, Hashable, Sendable {
    case unknownType(UInt8)
    /// Both in bytes, type byte included.
    case tooLong(length: Int, limit: Int)
    case malformed(String)
    /// The other side's version, which is not `Link.version`.
    case version(Int)
}

/// The five bytes before every payload: length u32 little-endian (of what follows it), type u8.
package struct LinkHeader: Hashable, Sendable {
    /// Bytes of a header.
    package static let size = 5

    /// What the payload is.
    package let type: LinkMessageType
    /// Bytes that follow the header.
    package let payloadLength: Int

    /// The header of a payload about to be written.
    ///
    /// - Throws: `LinkError.tooLong`.
    package init(_ type: LinkMessageType, payloadLength: Int) throws(LinkError) {
        guard payloadLength < type.limit else { throw .tooLong(length: payloadLength + 1, limit: type.limit) }
        self.type = type
        self.payloadLength = payloadLength
    }

    /// Reads a header, before memory is set aside for what it announces.
    ///
    /// - Parameter bytes: `size` bytes.
    /// - Throws: `LinkError` for an unknown type, no length, or one beyond the type's limit.
    package init(decoding bytes: Span<UInt8>) throws(LinkError) {
        guard bytes.count == Self.size else { throw .malformed("a header of \(bytes.count) bytes") }
        let length = (0..<4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
        let code = bytes[4]
        guard let type = LinkMessageType(rawValue: code) else { throw .unknownType(code) }
        guard length >= 1 else { throw .malformed("a message of no length") }
        try self.init(type, payloadLength: Int(length) - 1)
    }

    /// As it goes over the link.
    package var bytes: [UInt8] {
        // `init` holds the length far below what 32 bits can say.
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: payloadLength + 1).littleEndian, Array.init) + [type.rawValue]
    }
}
