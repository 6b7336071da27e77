/// Frames per second over the last second or so, falling to 0 soon after frames stop. Times are nanoseconds.
struct RateMeter {
    private var times = History<Int64>(capacity: 64)

    mutating func note(_ time: Int64) { times.append(time) }

    /// The distance of the last two frames; nil before two have come.
    var lastInterval: Int64? {
        times.count < 2 ? nil : max(0, times[back: 0] - times[back: 1])
    }

    /// The rate as it looks at `now`.
    ///
    /// The window is one second, or two and a half intervals of a slow source, at most ten seconds. While the gap
    /// since the newest frame is longer than the mean interval, the gap counts too: the rate falls, never rises.
    func rate(at now: Int64) -> Double {
        guard let lastInterval else { return 0 }
        let window = min(max(lastInterval * 5 / 2, 1_000_000_000), 10_000_000_000)
        var frames = 0
        while frames < times.count, now - times[back: frames] <= window { frames += 1 }
        guard frames >= 2 else { return 0 }
        let span = Double(times[back: 0] - times[back: frames - 1])
        let gap = Double(now - times[back: 0])
        guard span > 0 else { return 0 }
        let mean = span / Double(frames - 1)
        return gap <= mean ? 1e9 / mean : Double(frames) * 1e9 / (span + gap)
    }
}
