/// A byte stream of NAL units (H.264 and H.265, Annex B): each behind a start code of two or more zeros and a one.
struct ByteStream: Sequence {
    let bytes: UnsafeRawBufferPointer

    /// The NAL units, without start codes and the zeros behind them.
    func makeIterator() -> AnyIterator<Range<Int>> {
        var place = start(after: 0)
        return AnyIterator {
            while let begin = place {
                let next = start(after: begin)
                place = next
                var end = next.map { $0 - 3 } ?? bytes.count
                while end > begin, bytes[end - 1] == 0 { end -= 1 }
                if end > begin { return begin..<end }
            }
            return nil
        }
    }

    /// The first place behind a start code at or behind `place`.
    private func start(after place: Int) -> Int? {
        var index = place
        while index + 2 < bytes.count {
            if bytes[index + 2] > 1 {
                index += 3
            } else if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
                return index + 3
            } else {
                index += 1
            }
        }
        return nil
    }
}
