/// H.264's recovery point message (ITU-T H.264, D.1.8): how cameras that refresh their pictures bit by bit, without keyframes,
/// say from when on one is whole.
enum H264RecoveryPoint {
    /// - Parameter unit: a whole SEI NAL unit, its header byte included.
    /// - Returns: how many pictures after the one that it stands before the first whole one comes; nil where it says nothing of it.
    static func pictures(_ unit: UnsafeRawBufferPointer) -> Int? {
        var place = 1
        func number() -> Int? {
            var sum = 0
            while place < unit.count {
                let byte = unit[place]
                place += 1
                sum += Int(byte)
                if byte != 0xFF { return sum }
            }
            return nil
        }
        // Messages one after the other: type, length, payload.
        while place + 2 < unit.count, let type = number(), let length = number(), length <= unit.count - place {
            if type == 6 {
                var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit[place..<place + length]))
                let count = reader.unsigned()
                return reader.isExhausted || count > 1 << 16 ? nil : Int(count)
            }
            place += length
        }
        return nil
    }
}
