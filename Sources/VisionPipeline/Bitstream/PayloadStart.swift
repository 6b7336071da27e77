/// Whether a picture begins with an RTP payload: of H.264 (RFC 6184, 5.4) or H.265 (RFC 7798, 4.4).
///
/// What stands before a picture's slices begins it (H.264, 7.4.1.2.3; H.265, 7.4.2.4.4), or the slice that is at its top.
enum PayloadStart {
    static func isPictureStart(_ payload: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec) -> Bool {
        switch codec {
        case .h264: startsH264(payload)
        case .h265: startsH265(payload)
        }
    }

    private static func startsH264(_ payload: UnsafeRawBufferPointer) -> Bool {
        guard payload.count > 1 else { return false }
        switch payload[0] & 0x1F {
        // STAP-A: the size of the first unit, then it.
        case 24: return payload.count > 4 && startsH264(payload[3] & 0x1F, payload[4])
        // FU-A: a byte that says whether it is a unit's beginning, and that one's type.
        case 28: return payload.count > 2 && payload[1] & 0x80 != 0 && startsH264(payload[1] & 0x1F, payload[2])
        case let type: return startsH264(type, payload[1])
        }
    }

    private static func startsH264(_ type: UInt8, _ first: UInt8) -> Bool {
        switch type {
        // first_mb_in_slice: a one is the number zero.
        case 1, 2, 5: first & 0x80 != 0
        case 6...9, 14...18: true
        default: false
        }
    }

    private static func startsH265(_ payload: UnsafeRawBufferPointer) -> Bool {
        guard payload.count > 2 else { return false }
        switch payload[0] >> 1 & 0x3F {
        case 48: return payload.count > 6 && startsH265(payload[4] >> 1 & 0x3F, payload[6])
        case 49: return payload.count > 3 && payload[2] & 0x80 != 0 && startsH265(payload[2] & 0x3F, payload[3])
        case let type: return startsH265(type, payload[2])
        }
    }

    private static func startsH265(_ type: UInt8, _ first: UInt8) -> Bool {
        switch type {
        // first_slice_segment_in_pic_flag
        case 0..<32: first & 0x80 != 0
        case 32...35, 39, 41...44, 48...55: true
        default: false
        }
    }
}
