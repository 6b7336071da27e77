/// Moves samples: each comes from a place between four others, found once for a size and then used for every frame.
final class PlaneRemap {
    /// A place in the source, in whole samples and thirty-seconds.
    private struct Place: BitwiseCopyable {
        var x: Int16
        var y: Int16
        var shareX: UInt8
        var shareY: UInt8
    }

    private let width: Int
    private let height: Int
    private var memory = ScratchMemory()
    private let places: UnsafeMutablePointer<Place>

    /// - Parameter origin: where the sample at (x, y) comes from; (0, 0) is the middle of the first sample.
    init(width: Int, height: Int, origin: (_ x: Double, _ y: Double) -> (x: Double, y: Double)) {
        self.width = width
        self.height = height
        places = memory.elements(width * height, of: Place.self)
        for y in 0..<height {
            for x in 0..<width {
                let from = origin(Double(x), Double(y))
                let (column, row) = (Self.fixed(from.x), Self.fixed(from.y))
                places[y * width + x] = Place(
                    x: Int16(clamping: column >> 5), y: Int16(clamping: row >> 5),
                    shareX: UInt8(column & 31), shareY: UInt8(row & 31))
            }
        }
    }

    /// In thirty-seconds of a sample; what is far outside stays outside.
    private static func fixed(_ value: Double) -> Int {
        guard value.isFinite else { return -1_048_576 }
        return Int(min(max(value * 32, -1_048_576), 1_048_576).rounded(.toNearestOrEven))
    }

    /// - Parameters:
    ///   - outside: what is seen beyond the source's edge, one value a channel.
    ///   - channels: interleaved samples a pixel.
    func apply(_ source: Plane, to target: MutablePlane, outside: UInt8, channels: Int = 1) {
        let (columns, rows) = (source.width / channels, source.height)
        for y in 0..<min(height, target.height) {
            let (row, out) = (places + y * width, target.row(y))
            for x in 0..<min(width, target.width / channels) {
                let place = row[x]
                let (left, top) = (Int(place.x), Int(place.y))
                let isInside = left >= 0 && top >= 0 && left + 1 < columns && top + 1 < rows
                for channel in 0..<channels {
                    func sample(_ x: Int, _ y: Int) -> UInt32 {
                        guard isInside || (x >= 0 && y >= 0 && x < columns && y < rows) else { return UInt32(outside) }
                        return UInt32(source.row(y)[x * channels + channel])
                    }
                    out[x * channels + channel] = Self.blend(
                        sample(left, top), sample(left + 1, top), sample(left, top + 1), sample(left + 1, top + 1),
                        place)
                }
            }
        }
    }

    @inline(__always)
    private static func blend(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ place: Place) -> UInt8 {
        let (right, down) = (UInt32(place.shareX), UInt32(place.shareY))
        let upper = a &* (32 &- right) &+ b &* right
        let lower = c &* (32 &- right) &+ d &* right
        return UInt8(truncatingIfNeeded: (upper &* (32 &- down) &+ lower &* down &+ 512) >> 10)
    }
}
