import Glibc
import WorkerLink

/// The texts for time and frame rate.
struct OverlayClock {
    /// Unix time less monotonic time, seconds; fixed, so that the same frame always shows the same time.
    private let offset: Double
    private var last: (time: Int64, epoch: Int)?
    /// Seconds from frame to frame, smoothed over about 30 of them.
    private var interval: Double?

    init() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var monotonic = timespec()
        clock_gettime(CLOCK_MONOTONIC, &monotonic)
        offset = Double(now.tv_sec - monotonic.tv_sec) + Double(now.tv_nsec - monotonic.tv_nsec) / 1e9
    }

    /// The rate begins anew with the source's clock: how long was between, nobody knows.
    mutating func update(_ frame: Frame) {
        defer { last = (frame.time, frame.epoch) }
        guard let last else { return }
        guard frame.epoch == last.epoch else {
            interval = nil
            return
        }
        let elapsed = Double(frame.time &- last.time) / 1e9
        interval = interval.map { $0 + (elapsed - $0) / 30 } ?? elapsed
    }

    /// For example `29.9 fps`; nil before the second frame.
    var rate: String? {
        guard let interval, interval > 0 else { return nil }
        let tenths = (10 / interval).rounded()
        guard tenths.isFinite, tenths < 1e6 else { return nil }
        return "\(Int(tenths) / 10).\(Int(tenths) % 10) fps"
    }

    /// When the frame was captured, in the machine's own time zone: `2026-05-04 13:02:11`.
    func time(of frame: Frame) -> String {
        var seconds = time_t(max(min(Double(frame.captured) / 1e9 + offset, 1e11), 0))
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "" }
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
