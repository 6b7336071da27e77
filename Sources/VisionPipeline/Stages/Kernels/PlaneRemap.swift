/// Moves samples: each comes from a place between four others, found once for a size and then used for every frame, on any thread.
final class PlaneRemap: @unchecked Sendable {  // written in init only
    /// A place in the source, in whole samples.
    private struct Place: BitwiseCopyable {
        var x: Int16
        var y: Int16
    }

    private let width: Int
    private let height: Int
    private var placeMemory = ScratchMemory()
    private var shareMemory = ScratchMemory()
    private let places: UnsafeMutablePointer<Place>
    /// How far beyond its place each one is, in thirty-seconds: across, and down from bit 8 on.
    private let shares: UnsafeMutablePointer<UInt16>
    /// Samples that are blended in one go.
    private static let blockSize = 512
    /// Of each row, the first run of places that have all four samples inside a source of the same size.
    private let inside: [Range<Int>]

    /// - Parameter origin: where the sample at (x, y) comes from; (0, 0) is the middle of the first sample.
    init(width: Int, height: Int, origin: (_ x: Double, _ y: Double) -> (x: Double, y: Double)) {
        self.width = width
        self.height = height
        let places = placeMemory.elements(width * height, of: Place.self)
        let shares = shareMemory.elements(width * height, of: UInt16.self)
        var inside: [Range<Int>] = []
        for y in 0..<height {
            let row = places + y * width
            for x in 0..<width {
                let from = origin(Double(x), Double(y))
                let (column, line) = (Self.fixed(from.x), Self.fixed(from.y))
                row[x] = Place(x: Int16(clamping: column >> 5), y: Int16(clamping: line >> 5))
                shares[y * width + x] = UInt16(column & 31 | (line & 31) << 8)
            }
            func isInside(_ x: Int) -> Bool {
                0..<width - 1 ~= Int(row[x].x) && 0..<height - 1 ~= Int(row[x].y)
            }
            let first = (0..<width).first { isInside($0) } ?? width
            inside.append(first..<((first..<width).first { !isInside($0) } ?? width))
        }
        self.places = places
        self.shares = shares
        self.inside = inside
    }

    /// In thirty-seconds of a sample; what is far outside stays outside.
    private static func fixed(_ value: Double) -> Int {
        guard value.isFinite else { return -1_048_576 }
        return Int(min(max(value * 32, -1_048_576), 1_048_576).rounded(.toNearestOrEven))
    }

    /// - Parameters:
    ///   - outside: what is seen beyond the source's edge, one value a channel.
    ///   - channels: interleaved samples a pixel.
    ///   - pairs: of whoever asks.
    func apply(
        _ source: Plane, to target: MutablePlane, outside: UInt8, channels: Int = 1, pairs: inout ScratchMemory
    ) {
        let count = min(width, target.width / channels)
        let isSameSize = source.width == width * channels && source.height == height
        let top = pairs.elements(2 * Self.blockSize, of: UInt16.self)
        for y in 0..<min(height, target.height) {
            let row = Row(places: places + y * width, shares: shares + y * width, out: target.row(y))
            let inside = isSameSize ? inside[y].clamped(to: 0..<count) : 0..<0
            copy(source, row, 0..<inside.lowerBound, outside: outside, channels: channels)
            if channels == 2 {
                Self.copyPairs(source, row, inside)
            } else {
                for first in stride(from: inside.lowerBound, to: inside.upperBound, by: Self.blockSize) {
                    let end = min(first + Self.blockSize, inside.upperBound)
                    Self.copy(source, row, first..<end, top: top, bottom: top + Self.blockSize)
                }
            }
            copy(source, row, inside.upperBound..<count, outside: outside, channels: channels)
        }
    }

    private struct Row {
        let places: UnsafePointer<Place>
        let shares: UnsafePointer<UInt16>
        let out: MutableSamples
    }

    /// Where some of the four may lie outside.
    private func copy(_ source: Plane, _ row: Row, _ range: Range<Int>, outside: UInt8, channels: Int) {
        let (columns, rows) = (source.width / channels, source.height)
        for x in range {
            let (left, top) = (Int(row.places[x].x), Int(row.places[x].y))
            for channel in 0..<channels {
                func sample(_ x: Int, _ y: Int) -> UInt16 {
                    guard x >= 0, y >= 0, x < columns, y < rows else { return UInt16(outside) }
                    return UInt16(source.row(y)[x * channels + channel])
                }
                row.out[x * channels + channel] = Self.blend(
                    sample(left, top) | sample(left + 1, top) << 8,
                    sample(left, top + 1) | sample(left + 1, top + 1) << 8, row.shares[x])
            }
        }
    }

    /// Where all four lie inside: first they are fetched, two by two, then all are blended in vector code.
    private static func copy(
        _ source: Plane, _ row: Row, _ range: Range<Int>, top: UnsafeMutablePointer<UInt16>,
        bottom: UnsafeMutablePointer<UInt16>
    ) {
        let (samples, stride) = (UnsafeRawPointer(source.samples), source.stride)
        let places = row.places + range.lowerBound
        for x in 0..<range.count {
            let upper = samples + (Int(places[x].y) &* stride &+ Int(places[x].x))
            top[x] = upper.loadUnaligned(as: UInt16.self).littleEndian
            bottom[x] = (upper + stride).loadUnaligned(as: UInt16.self).littleEndian
        }
        let (shares, out) = (row.shares + range.lowerBound, row.out + range.lowerBound)
        for x in 0..<range.count { out[x] = blend(top[x], bottom[x], shares[x]) }
    }

    /// The same for two interleaved channels.
    private static func copyPairs(_ source: Plane, _ row: Row, _ range: Range<Int>) {
        let (samples, stride) = (UnsafeRawPointer(source.samples), source.stride)
        for x in range {
            let upper = samples + (Int(row.places[x].y) &* stride &+ 2 &* Int(row.places[x].x))
            let top = upper.loadUnaligned(as: UInt32.self).littleEndian
            let bottom = (upper + stride).loadUnaligned(as: UInt32.self).littleEndian
            for channel in 0..<2 {
                func pair(_ four: UInt32) -> UInt16 {
                    let both = four >> UInt32(8 * channel)
                    return UInt16(truncatingIfNeeded: both & 255 | both >> 8 & 0xFF00)
                }
                row.out[2 * x + channel] = blend(pair(top), pair(bottom), row.shares[x])
            }
        }
    }

    /// - Parameters:
    ///   - top: the two upper samples, the right one from bit 8 on.
    ///   - share: how far to the right, and from bit 8 on how far down, in thirty-seconds.
    @inline(__always)
    private static func blend(_ top: UInt16, _ bottom: UInt16, _ share: UInt16) -> UInt8 {
        let (right, down) = (share & 255, share >> 8)
        let upper = (top & 255) &* (32 &- right) &+ (top >> 8) &* right
        let lower = (bottom & 255) &* (32 &- right) &+ (bottom >> 8) &* right
        let sum = UInt32(upper) &* UInt32(32 &- down) &+ UInt32(lower) &* UInt32(down)
        return UInt8(truncatingIfNeeded: (sum &+ 512) >> 10)
    }
}
