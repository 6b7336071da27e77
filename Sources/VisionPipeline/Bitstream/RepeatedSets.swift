/// Parameter sets that stand once more among the slices of a picture, as they stood before its first one.
///
/// Senders that put them before every unit of a keyframe do so where that has several slices (`rtph264pay config-interval=-1`, and
/// cameras). A set ends a picture (H.264, 7.4.1.2.3; H.265, 7.4.2.4.4), so that depayloaders and parsers make several of such a
/// one, all but the last of them broken. All packets of a picture have its timestamp (RFC 6184, 5.1), and what has been said of it
/// need not be said again.
struct RepeatedSets {
    private let codec: VideoUnits.Codec
    /// That of the picture which is coming, as packets have it.
    private var time: UInt32?
    private var hasSlice = false
    /// Those that have come with this timestamp.
    private var sets: [[UInt8]] = []

    init(_ codec: VideoUnits.Codec) { self.codec = codec }

    /// - Parameters:
    ///   - payload: what a packet carries.
    ///   - time: the packet's own timestamp.
    /// - Returns: what it should carry instead, which may be an aggregate of nothing; nil where it repeats nothing.
    mutating func replacement(for payload: UnsafeRawBufferPointer, at time: UInt32) -> [UInt8]? {
        if time != self.time { (self.time, hasSlice, sets) = (time, false, []) }
        // Empty ones allocate nothing.
        var (repeated, index): ([Int], Int) = ([], 0)
        _ = RTPUnits.forEach(in: payload, codec) { unit, type in
            if codec.isSet(type) {
                if !sets.contains(where: { $0.count == unit.count && zip($0, unit).allSatisfy(==) }) {
                    sets.append(Array(unit))
                } else if hasSlice {
                    repeated.append(index)
                }
            } else if codec.isSlice(type) {
                hasSlice = true
            }
            index += 1
            return true
        }
        return repeated.isEmpty ? nil : aggregate(of: payload, without: repeated)
    }

    /// STAP-A of RFC 6184, 5.7.1, or AP of RFC 7798, 4.4.2. Its header is for the most important unit in it, and the length of each
    /// unit is before it.
    private func aggregate(of payload: UnsafeRawBufferPointer, without left: [Int]) -> [UInt8] {
        var result: [UInt8] = codec == .h264 ? [0x78] : [48 << 1, 1]
        // One that is alone in its packet leaves nothing.
        guard isAggregate(payload[0]) else { return result }
        result = Array(payload.prefix(result.count))
        var index = 0
        _ = RTPUnits.forEach(in: payload, codec) { unit, _ in
            if !left.contains(index) {
                result += [UInt8(truncatingIfNeeded: unit.count >> 8), UInt8(truncatingIfNeeded: unit.count)]
                result += unit
            }
            index += 1
            return true
        }
        return result
    }

    private func isAggregate(_ header: UInt8) -> Bool {
        codec == .h264 ? header & 0x1F == 24 : header >> 1 & 0x3F == 48
    }
}
