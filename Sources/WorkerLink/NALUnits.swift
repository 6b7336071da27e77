internal import Glibc

/// The NAL units of one buffer of H.264 or H.265.
package struct NALUnits {
    /// How units lie in a buffer.
    package enum Layout: Hashable, Sendable {
        /// Each behind a start code 00 00 01 (annex B).
        case byteStream
        /// Each behind its length in so many bytes, 1…4 (ISO/IEC 14496-15).
        case lengthPrefixed(Int)
    }

    /// Hands out each unit, header byte first; a length that leads past the end ends it.
    ///
    /// - Parameter body: returns false to stop.
    package static func forEach(
        in bytes: UnsafeRawBufferPointer, _ layout: Layout, _ body: (UnsafeRawBufferPointer) -> Bool
    ) {
        switch layout {
        case .byteStream: byteStream(bytes, body)
        case .lengthPrefixed(let size): lengthPrefixed(bytes, size, body)
        }
    }

    /// Whether all bytes are units; of a byte stream nobody can tell.
    package static func isWhole(_ bytes: UnsafeRawBufferPointer, _ layout: Layout) -> Bool {
        guard case .lengthPrefixed(let size) = layout else { return true }
        var place = 0
        while place < bytes.count {
            guard bytes.count - place >= size else { return false }
            let length = number(bytes, at: place, size)
            guard length > 0 else { return false }
            place += size + length
        }
        return place == bytes.count
    }

    /// Start codes are looked for by their last byte, with the C library's vector search: coded data is long, and seldom has one.
    private static func byteStream(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) {
        guard let base = bytes.baseAddress else { return }
        var start: Int?
        var place = 2
        while place < bytes.count, let found = memchr(base + place, 1, bytes.count - place) {
            let one = UnsafeRawPointer(found) - base
            place = one + 1
            guard bytes[one - 1] == 0, bytes[one - 2] == 0 else { continue }
            if let start, start < one - 2 {
                guard body(UnsafeRawBufferPointer(rebasing: bytes[start..<one - 2])) else { return }
            }
            start = one + 1
        }
        if let start, start < bytes.count { _ = body(UnsafeRawBufferPointer(rebasing: bytes[start...])) }
    }

    private static func lengthPrefixed(
        _ bytes: UnsafeRawBufferPointer, _ size: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) {
        var place = 0
        while place + size < bytes.count {
            let length = number(bytes, at: place, size)
            place += size
            guard length <= bytes.count - place else { return }
            if length > 0, !body(UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])) { return }
            place += length
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, at place: Int, _ size: Int) -> Int {
        bytes[place..<place + size].reduce(0) { $0 << 8 | Int($1) }
    }
}
