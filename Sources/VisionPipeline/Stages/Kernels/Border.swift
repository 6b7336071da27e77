/// What a window sees beyond the edge of a plane.
enum Border {
    /// The edge sample again: a a | a b c.
    case repeated
    /// The mirrored plane, the edge sample once: c b | a b c.
    case mirrored

    /// The place inside `0..<count` that is seen at `index`; `count` is at least 1.
    func place(_ index: Int, _ count: Int) -> Int {
        switch self {
        case .repeated: min(max(index, 0), count - 1)
        case .mirrored: index >= 0 && index < count ? index : reflected(index, count)
        }
    }

    /// Fills `reach` elements on both sides of the `count` elements at `row`, of `channels` interleaved channels each.
    func extend<Element>(_ row: UnsafeMutablePointer<Element>, count: Int, reach: Int, channels: Int = 1) {
        for step in 1..<max(reach + 1, 1) {
            for channel in 0..<channels {
                row[channel - step * channels] = row[place(-step, count) * channels + channel]
                row[(count - 1 + step) * channels + channel] =
                    row[place(count - 1 + step, count) * channels + channel]
            }
        }
    }
}

/// The place inside `0..<count` that a place outside it shows, mirrored at the edge samples.
func reflected(_ index: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let place = ((index % period) + period) % period
    return place < count ? place : period - place
}
