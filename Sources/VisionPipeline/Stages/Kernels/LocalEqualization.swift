/// Contrast-limited adaptive histogram equalization (Zuiderveld, 1994): a curve for each tile, blended in between.
final class LocalEqualization {
    private let tiles: Int
    private let clip: Double
    private var curves = ScratchMemory()
    private var columns = ScratchMemory()
    private var counts = [Int](repeating: 0, count: 256)

    /// - Parameters:
    ///   - tiles: a side, at least 1.
    ///   - clip: how many times its even share a level may count; 0 for no limit.
    init(tiles: Int, clip: Double) {
        self.tiles = max(tiles, 1)
        self.clip = clip
    }

    func apply(_ source: Plane, to target: MutablePlane) {
        guard source.width > 0, source.height > 0 else { return }
        let (width, height) = tileSize(source)
        let curves = curves.bytes(tiles * tiles * 256)
        for row in 0..<tiles {
            for column in 0..<tiles {
                count(source, left: column * width, top: row * height, width: width, height: height)
                limit(samples: width * height)
                draw(into: curves + (row * tiles + column) * 256, samples: width * height)
            }
        }
        blend(source, curves, width: width, height: height, into: target)
    }

    /// Tiles of one size cover the plane; those that reach beyond it see it mirrored.
    private func tileSize(_ plane: Plane) -> (width: Int, height: Int) {
        if plane.width % tiles == 0, plane.height % tiles == 0 { return (plane.width / tiles, plane.height / tiles) }
        return (plane.width / tiles + 1, plane.height / tiles + 1)
    }

    private func count(_ plane: Plane, left: Int, top: Int, width: Int, height: Int) {
        counts.withUnsafeMutableBufferPointer { counts in
            counts.update(repeating: 0)
            guard let count = counts.baseAddress else { return }
            let inside = min(max(plane.width - left, 0), width)
            for y in top..<top + height {
                let row = plane.row(Border.mirrored.place(y, plane.height))
                for x in left..<left + inside { count[Int(row[x])] &+= 1 }
                for x in left + inside..<left + width {
                    count[Int(row[Border.mirrored.place(x, plane.width)])] &+= 1
                }
            }
        }
    }

    /// Cuts the peaks and spreads what was cut evenly, the rest of the division over levels far apart.
    private func limit(samples: Int) {
        guard clip > 0 else { return }
        let limit = max(Int(min(clip * Double(samples) / 256, Double(samples))), 1)
        var cut = 0
        for level in 0..<256 where counts[level] > limit {
            cut += counts[level] - limit
            counts[level] = limit
        }
        for level in 0..<256 { counts[level] += cut / 256 }
        var rest = cut % 256
        guard rest > 0 else { return }
        for level in stride(from: 0, to: 256, by: max(256 / rest, 1)) where rest > 0 {
            counts[level] += 1
            rest -= 1
        }
    }

    private func draw(into curve: MutableSamples, samples: Int) {
        let scale = 255 / Float(samples)
        var sum = 0
        for level in 0..<256 {
            sum += counts[level]
            curve[level] = UInt8(truncatingIfNeeded: (min(Float(sum) * scale, 255) + Rows.rounder).bitPattern)
        }
    }

    /// Where a sample lies between the middles of two tiles.
    private struct Place: BitwiseCopyable {
        var first: Int32
        var second: Int32
        /// The second's share.
        var share: Float

        init(_ index: Int, size: Int, tiles: Int) {
            let position = Float(index) * (1 / Float(size)) - 0.5
            let tile = position.rounded(.down)
            share = position - tile
            first = Int32(max(tile, 0))
            second = Int32(min(Int(tile) + 1, tiles - 1))
        }
    }

    private func blend(_ source: Plane, _ curves: Samples, width: Int, height: Int, into target: MutablePlane) {
        let places = columns.elements(source.width, of: Place.self)
        for x in 0..<source.width { places[x] = Place(x, size: width, tiles: tiles) }
        for y in 0..<source.height {
            let place = Place(y, size: height, tiles: tiles)
            let upper = curves + Int(place.first) * tiles * 256
            let lower = curves + Int(place.second) * tiles * 256
            let (row, out) = (source.row(y), target.row(y))
            for x in 0..<source.width {
                let left = Int(places[x].first) * 256 + Int(row[x])
                let right = Int(places[x].second) * 256 + Int(row[x])
                let share = places[x].share
                let above = Float(upper[left]) * (1 - share) + Float(upper[right]) * share
                let below = Float(lower[left]) * (1 - share) + Float(lower[right]) * share
                let value = above * (1 - place.share) + below * place.share
                out[x] = UInt8(truncatingIfNeeded: (value + Rows.rounder).bitPattern)
            }
        }
    }
}
