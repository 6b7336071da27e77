/// What is known of an access unit of coded video besides its bytes.
public struct UnitHeader: Hashable, Sendable {
    /// Index into `CompiledPlan.taps`.
    public var tap: Int
    /// How its picture is coded.
    public var coding: VideoCoding
    /// Nothing before it is needed to decode it.
    public var isKey: Bool
    /// How many pictures of its video may be decoded before one that is shown earlier, as far as is known; 0…16.
    public var reorderDepth: Int
    /// Its number at its tap, within this worker; one that is missing was lost.
    public var sequence: UInt64
    /// When its picture was captured: CLOCK_MONOTONIC, nanoseconds.
    public var captured: Int64
    /// When it is to be shown, of its source's running time, nanoseconds; nil where that says nothing.
    public var shown: Int64?
    /// The picture's width, pixels; 0 where it is not known.
    public var width: Int
    /// Pixels, as `width`.
    public var height: Int

    /// What is known of one unit.
    public init(
        tap: Int, coding: VideoCoding, isKey: Bool, reorderDepth: Int = 0, sequence: UInt64, captured: Int64,
        shown: Int64? = nil, width: Int, height: Int
    ) {
        self.tap = tap
        self.coding = coding
        self.isKey = isKey
        self.reorderDepth = reorderDepth
        self.sequence = sequence
        self.captured = captured
        self.shown = shown
        self.width = width
        self.height = height
    }
}

/// The payload of a unit's message: 36 bytes little-endian, then the access unit as a byte stream (Annex B).
///
///     tap u16, coding u8, flags u8 (bit 0: keyframe; bits 1…5: reorder depth), sequence u64, captured i64, shown i64 (the least:
///     nil), width u32, height u32
package enum UnitCodec {
    /// Bytes before the unit's own.
    package static let headerLength = 36
    private static let keyFlag: UInt8 = 1

    /// What stands before a unit's bytes in its message: the message's header, then the unit's own.
    ///
    /// - Throws: `LinkError.tooLong` when the message would be.
    package static func prefix(of header: UnitHeader, length: Int) throws(LinkError) -> [UInt8] {
        var bytes = try LinkHeader(.unit, payloadLength: headerLength + length).bytes
        func put<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(UInt16(clamping: header.tap))
        put(header.coding.rawValue)
        put((header.isKey ? keyFlag : 0) | UInt8(min(max(header.reorderDepth, 0), 16)) << 1)
        put(header.sequence)
        put(header.captured)
        put(header.shown ?? .min)
        put(UInt32(clamping: header.width))
        put(UInt32(clamping: header.height))
        return bytes
    }

    /// Reads the first `headerLength` bytes of a payload.
    ///
    /// - Throws: `LinkError.malformed` when the payload is too short, or of a coding that nobody knows.
    package static func decode(_ payload: UnsafeRawBufferPointer) throws(LinkError) -> UnitHeader {
        guard payload.count > headerLength else { throw .malformed("a unit of \(payload.count) bytes") }
        func get<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
            T(littleEndian: payload.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard let coding = VideoCoding(rawValue: payload[2]) else { throw .malformed("a unit of coding \(payload[2])") }
        let shown = get(20, as: Int64.self)
        return UnitHeader(
            tap: Int(get(0, as: UInt16.self)), coding: coding, isKey: payload[3] & keyFlag != 0,
            reorderDepth: Int(payload[3] >> 1 & 31),
            sequence: get(4, as: UInt64.self), captured: get(12, as: Int64.self),
            shown: shown == .min ? nil : shown, width: Int(get(28, as: UInt32.self)),
            height: Int(get(32, as: UInt32.self)))
    }
}
