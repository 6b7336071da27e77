import WorkerLink

/// What a keyframe says of the whole video: the parameter sets that stand before it.
struct ParameterSets: Sendable, Hashable {
    /// NAL units, header first, of each kind in their order; mostly one.
    let sequence: [[UInt8]]
    let picture: [[UInt8]]
    /// Of H.265 only.
    let video: [[UInt8]]
    /// As browsers and players have it (RFC 6381; ISO/IEC 14496-15, annex E): `avc1.64001f`, `hev1.1.6.L93.b0`.
    let codec: String
    /// Of H.265: profile, tier and level as they stand in a decoder's configuration, twelve bytes; otherwise nothing.
    let profileTierLevel: [UInt8]

    /// - Parameter bytes: an access unit as a byte stream.
    /// - Returns: nil where not all of them are there.
    init?(_ bytes: UnsafeRawBufferPointer, _ coding: VideoCoding) {
        var found: [NALUnitType: [[UInt8]]] = [:]
        NALUnits.forEach(in: bytes, .byteStream) { unit in
            guard let type = NALUnitType(unit, coding) else { return true }
            let set = Array(unit.withoutTrailingZeros)
            if found[type]?.contains(set) != true { found[type, default: []].append(set) }
            return true
        }
        (sequence, picture, video) = (
            found[.sequenceSet] ?? [], found[.pictureSet] ?? [], found[.videoSet] ?? []
        )
        guard let first = sequence.first, !picture.isEmpty else { return nil }
        switch coding {
        case .h264:
            guard first.count > 4 else { return nil }
            codec = "avc1." + first[1...3].map { Self.hex($0) }.joined()
            profileTierLevel = []
        case .h265:
            // Its header, two bytes, and one of its own; then profile_tier_level (H.265, 7.3.3).
            let plain = first.withUnsafeBytes(\.withoutEmulationPrevention)
            guard plain.count >= 15, !video.isEmpty else { return nil }
            profileTierLevel = Array(plain[3..<15])
            codec = Self.h265(profileTierLevel)
        }
    }

    /// Whether what is coded by the one can be decoded by the other: a worker that has learnt by now that pictures come in order has it
    /// say so at the end of the sequence's set (max_num_reorder_frames, H.264, E.1.1), and nothing else is another.
    func areOfSameVideo(as other: Self) -> Bool {
        guard picture == other.picture, video == other.video, codec == other.codec,
            sequence.count == other.sequence.count
        else { return false }
        return zip(sequence, other.sequence).allSatisfy { one, other in
            let (short, long) = one.count < other.count ? (one, other) : (other, one)
            // The last bits of the short one are the bit that ends it, and what says that nothing follows.
            return one == other || short.count < long.count && long.starts(with: short.dropLast(2))
        }
    }

    private static func h265(_ level: [UInt8]) -> String {
        let space = ["", "A", "B", "C"][Int(level[0] >> 6)]
        let compatibility = level[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        var reversed: UInt32 = 0
        for bit in 0..<32 where compatibility >> UInt32(bit) & 1 == 1 { reversed |= 1 << UInt32(31 - bit) }
        var constraints = Array(level[5...10])
        while constraints.last == 0 { constraints.removeLast() }
        let tier = level[0] >> 5 & 1 == 1 ? "H" : "L"
        let parts =
            ["hev1", "\(space)\(level[0] & 31)", String(reversed, radix: 16), "\(tier)\(level[11])"]
            + constraints.map { String($0, radix: 16) }
        return parts.joined(separator: ".")
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
