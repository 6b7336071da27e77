internal import Glibc

extension UnsafeRawBufferPointer {
    /// An unsigned number of so many bytes, 1…4, most significant first; nil past the end.
    func bigEndian(at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place <= self.count - count else { return nil }
        return self[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// As `bigEndian`, least significant first.
    func littleEndian(at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place <= self.count - count else { return nil }
        return self[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// From a place to the end; empty past it.
    func from(_ place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[Swift.min(Swift.max(place, 0), count)...])
    }

    /// Where some bytes stand, each place once.
    func places(of wanted: [UInt8]) -> [Int] {
        guard let first = wanted.first, let base = baseAddress, count >= wanted.count else { return [] }
        var found: [Int] = []
        var place = 0
        while place <= count - wanted.count,
            let next = memchr(base + place, Int32(first), count - wanted.count + 1 - place)
        {
            place = UnsafeRawPointer(next) - base
            if self[place..<place + wanted.count].elementsEqual(wanted) { found.append(place) }
            place += 1
        }
        return found
    }
}
