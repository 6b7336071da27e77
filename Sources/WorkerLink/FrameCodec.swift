/// The payload of a frame message: 56 bytes little-endian, then detections, then the JPEG.
///
///     tap u16, width u16, height u16, quality u8 (the variant; 0 means nil),
///     flags u8 (1: damaged, 2: detections alone), once u64, sequence u64, captured i64, encoded i64,
///     picture width u32, picture height u32, detections length u32, time of encoding u32 (µs)
package enum FrameCodec {
    /// Bytes before the detections.
    package static let headerLength = 56
    private static let damagedFlag: UInt8 = 1
    private static let detectionsFlag: UInt8 = 2

    /// The bytes that stand before the detections and the JPEG.
    package static func encode(_ header: FrameHeader, detectionsLength: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerLength)
        func put<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(UInt16(clamping: header.tap))
        put(UInt16(clamping: header.variant.width ?? 0))
        put(UInt16(clamping: header.variant.height ?? 0))
        put(UInt8(clamping: header.variant.quality ?? 0))
        put((header.isDamaged ? damagedFlag : 0) | (header.variant.content == .detections ? detectionsFlag : 0))
        put(header.once)
        put(header.sequence)
        put(header.captured)
        put(header.encoded)
        put(UInt32(clamping: header.width))
        put(UInt32(clamping: header.height))
        put(UInt32(clamping: detectionsLength))
        put(UInt32(clamping: header.encodeMicros))
        return bytes
    }

    /// What stands before a frame's detections and JPEG in its message: the message's header, then the frame's own.
    ///
    /// - Throws: `LinkError.tooLong` when the message would be.
    package static func prefix(of frame: EncodedFrame) throws(LinkError) -> [UInt8] {
        let payload = headerLength + frame.detections.count + frame.jpeg.count
        return try LinkHeader(.frame, payloadLength: payload).bytes
            + encode(frame.header, detectionsLength: frame.detections.count)
    }

    /// Reads the first `headerLength` bytes of a payload.
    ///
    /// - Returns: the header and the detections' length in bytes; the JPEG is what comes after those.
    /// - Throws: `LinkError.malformed` when the payload is too short for what it announces.
    package static func decode(_ payload: UnsafeRawBufferPointer) throws(LinkError) -> (FrameHeader, Int) {
        guard payload.count >= headerLength else { throw .malformed("a frame of \(payload.count) bytes") }
        func get<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
            T(littleEndian: payload.loadUnaligned(fromByteOffset: offset, as: type))
        }
        func optional(_ value: Int) -> Int? { value == 0 ? nil : value }
        let detections = Int(get(48, as: UInt32.self))
        guard detections <= payload.count - headerLength else {
            throw .malformed("detections of \(detections) bytes in a frame of \(payload.count)")
        }
        let flags = get(7, as: UInt8.self)
        var variant = Variant(
            width: optional(Int(get(2, as: UInt16.self))),
            height: optional(Int(get(4, as: UInt16.self))),
            quality: optional(Int(get(6, as: UInt8.self))))
        if flags & detectionsFlag != 0 { variant.content = .detections }
        let header = FrameHeader(
            tap: Int(get(0, as: UInt16.self)),
            variant: variant,
            once: get(8, as: UInt64.self),
            sequence: get(16, as: UInt64.self),
            captured: get(24, as: Int64.self),
            encoded: get(32, as: Int64.self),
            encodeMicros: Int(get(52, as: UInt32.self)),
            width: Int(get(40, as: UInt32.self)),
            height: Int(get(44, as: UInt32.self)),
            isDamaged: flags & damagedFlag != 0)
        return (header, detections)
    }
}
