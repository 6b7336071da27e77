/// The NAL units of H.264 or H.265 in what one RTP packet carries (RFC 6184, 5.4; RFC 7798, 4.4).
enum RTPUnits {
    /// Hands out each unit with its type, header first; of one that is sent in fragments, this fragment with its headers.
    ///
    /// - Parameter body: returns false to stop.
    /// - Returns: whether it went to the end.
    static func forEach(
        in payload: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec,
        _ body: (UnsafeRawBufferPointer, UInt8) -> Bool
    ) -> Bool {
        let header = codec == .h264 ? 1 : 2
        guard payload.count > header else { return true }
        let type = Self.type(payload[0], codec)
        switch (codec, type) {
        case (.h264, 24), (.h265, 48): return aggregated(payload, header, codec, body)
        case (.h264, 28): return body(payload, payload[1] & 0x1F)
        case (.h265, 49): return body(payload, payload[2] & 0x3F)
        default: return body(payload, type)
        }
    }

    private static func aggregated(
        _ payload: UnsafeRawBufferPointer, _ header: Int, _ codec: VideoUnits.Codec,
        _ body: (UnsafeRawBufferPointer, UInt8) -> Bool
    ) -> Bool {
        var place = header
        while place + 2 < payload.count {
            let length = min(Int(payload[place]) << 8 | Int(payload[place + 1]), payload.count - place - 2)
            place += 2
            guard length > 0 else { return true }
            let unit = UnsafeRawBufferPointer(rebasing: payload[place..<place + length])
            guard body(unit, type(unit[0], codec)) else { return false }
            place += length
        }
        return true
    }

    private static func type(_ header: UInt8, _ codec: VideoUnits.Codec) -> UInt8 {
        codec == .h264 ? header & 0x1F : header >> 1 & 0x3F
    }
}
