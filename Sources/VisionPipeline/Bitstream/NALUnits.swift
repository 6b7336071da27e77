/// The NAL units of one buffer of H.264 or H.265.
struct NALUnits {
    /// How units lie in a buffer.
    enum Layout: Hashable, Sendable {
        /// Each behind a start code 00 00 01 (annex B).
        case byteStream
        /// Each behind its length in so many bytes, 1…4 (ISO/IEC 14496-15).
        case lengthPrefixed(Int)
    }

    /// Hands out each unit, header byte first; a length that leads past the end ends it.
    ///
    /// - Parameter body: returns false to stop.
    static func forEach(
        in bytes: UnsafeRawBufferPointer, _ layout: Layout, _ body: (UnsafeRawBufferPointer) -> Bool
    ) {
        switch layout {
        case .byteStream: byteStream(bytes, body)
        case .lengthPrefixed(let size): lengthPrefixed(bytes, size, body)
        }
    }

    private static func byteStream(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) {
        var start: Int?
        var place = 0
        func give(_ end: Int) -> Bool {
            guard let start, start < end else { return true }
            return body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
        while place + 2 < bytes.count {
            if bytes[place + 2] > 1 {
                place += 3
            } else if bytes[place] == 0, bytes[place + 1] == 0, bytes[place + 2] == 1 {
                guard give(place) else { return }
                place += 3
                start = place
            } else {
                place += 1
            }
        }
        _ = give(bytes.count)
    }

    private static func lengthPrefixed(
        _ bytes: UnsafeRawBufferPointer, _ size: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) {
        var place = 0
        while place + size < bytes.count {
            let length = bytes[place..<place + size].reduce(0) { $0 << 8 | Int($1) }
            place += size
            guard length <= bytes.count - place else { return }
            if length > 0, !body(UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])) { return }
            place += length
        }
    }
}
