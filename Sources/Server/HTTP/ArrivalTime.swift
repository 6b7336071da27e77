/// When something came that is read only now and then: at some time from `earliest` to `latest`. CLOCK_MONOTONIC
/// nanoseconds.
struct ArrivalTime: Hashable {
    var earliest: Int64
    var latest: Int64

    init(from earliest: Int64, to latest: Int64) {
        (self.earliest, self.latest) = (min(earliest, latest), latest)
    }

    /// Just then.
    init(at time: Int64) { self.init(from: time, to: time) }

    /// Nanoseconds.
    var length: Int64 { latest - earliest }

    /// What is left of it where it cannot have come before that.
    func noEarlier(than time: Int64) -> ArrivalTime { ArrivalTime(from: max(earliest, time), to: latest) }

    var middle: Int64 { earliest + length / 2 }
}
